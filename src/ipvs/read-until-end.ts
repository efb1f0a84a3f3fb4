/** Memory is touched only as far as it is filled, but to copy it into a larger buffer touches all of it twice. */
const unknownCapacity = 1 << 22;
const pageSize = 4096;

/**
 * All that `read` gives until it gives nothing more. It fills a buffer from a place on and returns how many bytes it
 * has put there; there is always room for a page. So many bytes as are `expected` need no second buffer.
 */
export function readUntilEnd(read: (bytes: Buffer, filled: number) => number, expected = 0): Buffer {
  let bytes = Buffer.allocUnsafeSlow(expected === 0 ? unknownCapacity : expected + pageSize);
  let filled = 0;
  for (;;) {
    if (bytes.length - filled < pageSize) {
      const larger = Buffer.allocUnsafeSlow(2 * bytes.length);
      bytes.copy(larger, 0, 0, filled);
      bytes = larger;
    }
    const size = read(bytes, filled);
    if (size === 0) return bytes.subarray(0, filled);
    filled += size;
  }
}
