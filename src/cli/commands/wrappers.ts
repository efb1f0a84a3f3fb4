import { CommandError, ExitStatus } from '../errors.js';
import type { ProgramKind } from '../run.js';

/** Reads the arguments of ipvsadm-save and ipvsadm-restore: only `-n` of ipvsadm-save; other words are ignored. */
export function checkWrapperArguments(
  kind: ProgramKind,
  name: string,
  args: readonly string[],
): { readonly numeric: boolean } {
  const base = name.slice(name.lastIndexOf('/') + 1);
  let numeric = false;
  for (const word of args) {
    if (kind === 'ipvsadm-restore') break;
    if (word === '-n') numeric = true;
    else if (word.startsWith('-')) {
      throw new CommandError(
        `${base}: Script to save the IPVS table to stdout.\n   With the -n option, prints out the table in numeric format.`,
        ExitStatus.listing,
      );
    }
  }
  return { numeric };
}
