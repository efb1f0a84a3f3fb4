import { IpvsadmError } from '../netlink/errors.js';

/** Exit statuses of ipvsadm 1.31. */
export const ExitStatus = { ok: 0, listing: 1, usage: 2, refused: 255 } as const;

/** A command that failed: its message is the whole text for standard error. */
export class CommandError extends IpvsadmError {
  readonly exitStatus: number;

  constructor(message: string, exitStatus: number, options?: ErrorOptions & { readonly code?: string }) {
    super(options?.code ?? 'ERR_COMMAND', message, options);
    this.exitStatus = exitStatus;
  }
}

/** A mistake in the command line. */
export class UsageError extends CommandError {
  /** The group of the option that is out of place or missing, where that is the mistake. */
  readonly group: string | undefined;

  constructor(message: string, exitStatus: number = ExitStatus.usage, group?: string) {
    super(message, exitStatus, { code: 'ERR_USAGE' });
    this.group = group;
  }
}

/** A command line that names no command: the caller is pointed to the help. */
export class NoCommandError extends UsageError {
  constructor(programName: string) {
    super(`Try \`${programName} -h' or '${programName} --help' for more information.`, ExitStatus.refused);
  }
}
