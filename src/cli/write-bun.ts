import { bindLibc, errnoAt, errnoLocation, systemError } from '../netlink/libc-bun.js';

const EINTR = 4;

// To load node:fs takes the stand-alone executable a fifth of its start.
const libc = bindLibc({
  write: { args: ['i32', 'ptr', 'usize'], returns: 'i64_fast' },
  __errno_location: errnoLocation,
});

/** Writes bytes to a descriptor and returns how many it took. Throws errors as those of node:fs. */
export function writeSome(descriptor: number, bytes: Uint8Array): number {
  let size: number;
  let errno: number;
  do {
    size = libc.write(descriptor, bytes, bytes.byteLength);
    if (size >= 0) return size;
    errno = errnoAt(libc.__errno_location());
  } while (errno === EINTR);
  throw systemError(errno);
}
