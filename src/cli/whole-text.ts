import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readUntilEnd } from '../ipvs/read-until-end.js';
import { waitForDescriptor } from './waiting.js';

/** Bytes that a text has at most: rules of ten million lines, and little below what a string of Node can hold. */
const mostBytes = 500_000_000;

/** All that comes from a descriptor. Throws system errors, and where more than `most` bytes come. */
export function readWhole(descriptor: number, most = mostBytes): Buffer {
  const read = (bytes: Buffer, filled: number): number => {
    const size = readWhenReady(descriptor, bytes, filled);
    if (filled + size > most) throw new RangeError(`more than ${most / 1_000_000} MB`);
    return size;
  };
  return readUntilEnd(read, Math.min(fstatSync(descriptor).size, most));
}

function readWhenReady(descriptor: number, bytes: Buffer, filled: number): number {
  for (;;) {
    try {
      return readSync(descriptor, bytes, filled, bytes.length - filled, null);
    } catch (error) {
      waitForDescriptor(error);
    }
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
