import { openProcFile } from './proc-file-node.js';
import { readUntilEnd } from './read-until-end.js';

/** A file under /proc that is open for reading. */
export interface ProcFile {
  /** Fills a buffer from a place on, and returns how many bytes there are more; 0 at the end. Throws system errors. */
  read(bytes: Buffer, filled: number): number;
  close(): void;
}

/** The whole of a file whose size is not known before; undefined where it can't be read. */
export function readProcFile(path: string): Buffer | undefined {
  let file: ProcFile | undefined;
  try {
    const opened = (file = openProcFile(path));
    return readUntilEnd((bytes, filled) => opened.read(bytes, filled));
  } catch {
    return undefined;
  } finally {
    file?.close();
  }
}
