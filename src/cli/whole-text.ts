import { closeSync, openSync, readSync } from 'node:fs';
import { waitForDescriptor } from './waiting.js';

/** Bytes that a text has at most: rules of ten million lines, and little below what a string of Node can hold. */
const mostBytes = 500_000_000;
const blockSize = 65_536;

/** All that comes from a descriptor, as a string of bytes. Throws system errors, and where more than `most` bytes come. */
export function readWhole(descriptor: number, most = mostBytes): string {
  const buffer = Buffer.allocUnsafeSlow(blockSize);
  let text = '';
  for (;;) {
    let size: number;
    try {
      size = readSync(descriptor, buffer, 0, buffer.length, null);
    } catch (error) {
      waitForDescriptor(error);
      continue;
    }
    if (size === 0) return text;
    if (text.length + size > most) throw new RangeError(`more than ${most / 1_000_000} MB`);
    text += buffer.toString('latin1', 0, size);
  }
}

/** A file as {@link readWhole} reads it, devices and pipes too. Throws the same. */
export function readWholeFile(path: Buffer): string {
  const descriptor = openSync(path, 'r');
  try {
    return readWhole(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
