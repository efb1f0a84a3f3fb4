import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ConfigurationText, Inclusion } from '../rules/keepalived/source.js';
import { CommandError, ExitStatus } from './errors.js';
import { findFiles } from './file-patterns.js';
import { printable } from './printable.js';
import { readWholeFile } from './whole-text.js';

/**
 * Included files of the file system: relative names are relative to the including file, and from standard input there
 * are none. Throws `CommandError` where one can't be read.
 */
export const includedFiles: Inclusion = {
  find(pattern, from) {
    if (!isAbsolute(pattern) && from === '-') {
      throw new CommandError(
        `standard input includes ${printable(pattern)}: relative to what? Give the configuration as a file`,
        ExitStatus.usage,
      );
    }
    return findFiles(isAbsolute(pattern) ? pattern : join(resolve(dirname(from)), pattern)).map(readText);
  },
};

function readText(name: string): ConfigurationText {
  try {
    return { name, text: readWholeFile(Buffer.from(name, 'latin1')) };
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message.replace(/^[A-Z]+: |, (?:open|read)(?: '.*')?$/gs, '') : '';
    throw new CommandError(`can't read ${printable(name)}: ${reason}`, ExitStatus.usage, { cause });
  }
}
