import { bindLibc } from '../netlink/libc-bun.js';
import { readUntilEnd } from './read-until-end.js';

// The numbers that x86-64 and AArch64 share.
const O_RDONLY = 0;
const O_CLOEXEC = 0x80000;

const libc = bindLibc({
  open: { args: ['ptr', 'i32'], returns: 'i32' },
  read: { args: ['i32', 'ptr', 'usize'], returns: 'i64_fast' },
  close: { args: ['i32'], returns: 'i32' },
});

/** The whole of a file whose size is not known before; undefined where it can't be read. */
export function readProcFile(path: string): Buffer | undefined {
  const descriptor = libc.open(Buffer.from(`${path}\0`), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return undefined;
  try {
    return readUntilEnd((bytes, filled) => {
      const room = bytes.subarray(filled);
      const size = libc.read(descriptor, room, room.length);
      if (size < 0) throw new RangeError('a file that can not be read to its end');
      return size;
    });
  } catch {
    return undefined;
  } finally {
    libc.close(descriptor);
  }
}
