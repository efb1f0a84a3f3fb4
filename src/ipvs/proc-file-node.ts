import { closeSync, openSync, readSync } from 'node:fs';
import { readUntilEnd } from './read-until-end.js';

/** The whole of a file whose size is not known before; undefined where it can't be read. */
export function readProcFile(path: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    const opened = (descriptor = openSync(path, 'r'));
    return readUntilEnd((bytes, filled) => readSync(opened, bytes, filled, bytes.length - filled, null));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
