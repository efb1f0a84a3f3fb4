import { writeSync } from 'node:fs';

/** Writes bytes to a descriptor and returns how many it took. Throws system errors. */
export function writeSome(descriptor: number, bytes: Uint8Array): number {
  return writeSync(descriptor, bytes);
}
