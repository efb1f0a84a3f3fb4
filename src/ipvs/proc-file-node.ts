import { closeSync, openSync, readSync } from 'node:fs';
import type { ProcFile } from './proc-file.js';

/** Opens a file for reading. Throws system errors. */
export function openProcFile(path: string): ProcFile {
  const descriptor = openSync(path, 'r');
  return {
    read: (bytes, filled) => readSync(descriptor, bytes, filled, bytes.length - filled, null),
    close: () => {
      closeSync(descriptor);
    },
  };
}
