import { readFileSync } from 'node:fs';

/** The text of a file of the system; undefined where it is not there or can't be read. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
