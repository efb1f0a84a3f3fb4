import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { waitForDescriptor } from './waiting.js';

/** Bytes that a text has at most: rules of ten million lines, and little below what a string of Node can hold. */
const mostBytes = 500_000_000;
const blockSize = 65_536;

/** All that comes from a descriptor. Throws system errors, and where more than `most` bytes come. */
export function readWhole(descriptor: number, most = mostBytes): Buffer {
  // What a file has and one byte more: its end is seen without another buffer.
  let buffer = Buffer.allocUnsafeSlow(Math.min(Math.max(fstatSync(descriptor).size, blockSize), most) + 1);
  for (let filled = 0; ;) {
    let size: number;
    try {
      size = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    } catch (error) {
      waitForDescriptor(error);
      continue;
    }
    if (size === 0) return buffer.subarray(0, filled);
    filled += size;
    if (filled > most) throw new RangeError(`more than ${most / 1_000_000} MB`);
    if (filled < buffer.length) continue;
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * filled, most + 1));
    buffer.copy(larger);
    buffer = larger;
  }
}

/** A file, as a string of bytes, as {@link readWhole} reads it, devices and pipes too. Throws the same. */
export function readWholeFile(path: Buffer): string {
  const descriptor = openSync(path, 'r');
  try {
    return readWhole(descriptor).toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}
