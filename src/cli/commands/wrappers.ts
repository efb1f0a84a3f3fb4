import { CommandError, ExitStatus } from '../errors.js';
import type { ProgramKind } from '../run.js';

/** What ipvsadm-save and ipvsadm-restore are asked for. */
export interface WrapperOptions {
  /** Save numbers instead of names. */
  readonly numeric: boolean;
  /** Save the timeouts and sync daemons too. */
  readonly all: boolean;
  /** Restore into a table that is cleared before. */
  readonly flush: boolean;
}

type Wrapper = Exclude<ProgramKind, 'ipvsadm'>;

const options: Readonly<Record<Wrapper, Readonly<Record<string, keyof WrapperOptions>>>> = {
  'ipvsadm-save': { '-n': 'numeric', '--all': 'all' },
  'ipvsadm-restore': { '--flush': 'flush' },
};

const usage: Readonly<Record<Wrapper, string>> = {
  'ipvsadm-save': `Usage: ipvsadm-save [-n] [--all] >FILE
Prints the IPVS table as rules for ipvsadm-restore.
  -n          addresses and ports as numbers, without names
  --all       the timeouts and sync daemons too
  -h, --help  show this help
`,
  'ipvsadm-restore': `Usage: ipvsadm-restore [--flush] <FILE
Puts the rules on standard input in the place of the IPVS table; what is as they say stays untouched.
  --flush     clear the table first, then add the rules
  -h, --help  show this help
`,
};

/**
 * Reads the arguments of ipvsadm-save and ipvsadm-restore. Throws `CommandError` with the usage when help is asked
 * for, and at an unknown word.
 */
export function readWrapperArguments(kind: Wrapper, name: string, args: readonly string[]): WrapperOptions {
  const given = { numeric: false, all: false, flush: false };
  for (const word of args) {
    if (word === '-h' || word === '--help') throw new CommandError(usage[kind], ExitStatus.ok);
    const option = Object.hasOwn(options[kind], word) ? options[kind][word] : undefined;
    if (option === undefined) throw refusal(kind, name.slice(name.lastIndexOf('/') + 1));
    given[option] = true;
  }
  return given;
}

function refusal(kind: Wrapper, name: string): CommandError {
  return kind === 'ipvsadm-restore'
    ? new CommandError(usage[kind].trimEnd(), ExitStatus.usage)
    : new CommandError(
        `${name}: Script to save the IPVS table to stdout.\n   With the -n option, prints out the table in numeric format.`,
        ExitStatus.listing,
      );
}
