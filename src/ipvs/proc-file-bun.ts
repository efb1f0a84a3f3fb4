import { bindLibc, errnoAt, errnoLocation, systemError } from '../netlink/libc-bun.js';
import type { ProcFile } from './proc-file.js';

// The numbers that x86-64 and AArch64 share.
const O_RDONLY = 0;
const O_CLOEXEC = 0x80000;

// To load node:fs takes the stand-alone executable a fifth of its start.
const libc = bindLibc({
  open: { args: ['ptr', 'i32'], returns: 'i32' },
  read: { args: ['i32', 'ptr', 'usize'], returns: 'i64_fast' },
  close: { args: ['i32'], returns: 'i32' },
  __errno_location: errnoLocation,
});

/** Opens a file for reading. Throws errors as those of node:fs. */
export function openProcFile(path: string): ProcFile {
  const descriptor = libc.open(Buffer.from(`${path}\0`), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw failure();
  return {
    read: (bytes, filled) => {
      const size = libc.read(
        descriptor,
        filled === 0 ? bytes : bytes.subarray(filled),
        bytes.length - filled,
      );
      if (size < 0) throw failure();
      return size;
    },
    close: () => {
      libc.close(descriptor);
    },
  };
}

function failure(): Error {
  return systemError(errnoAt(libc.__errno_location()));
}
