import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { CommandError, ExitStatus } from '../errors.js';

/** Where the program keeps what lasts until the next boot: locks and remembered weights. */
const runFolder = '/run/ipvsadm';

const groupOrOthersMayWrite = 0o022;

/** Makes the folder if need be. Throws `CommandError` when it is not safe to use: somebody else could change it. */
export function openRunFolder(folder: string = runFolder): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw troubleWith(folder, cause);
  }
  const status = attempt(folder, () => lstatSync(folder));
  if (!status.isDirectory() || status.uid !== process.geteuid?.() || status.mode & groupOrOthersMayWrite) {
    throw new CommandError(
      `${folder} is not a folder of this user alone: remove it and try again`,
      ExitStatus.usage,
    );
  }
  return folder;
}

/** The inode of the network namespace of this process: no other that exists has it. */
export function netNamespace(): string {
  const link = attempt('/proc/self/ns', () => readlinkSync(`/proc/self/ns/net`));
  return /[0-9]+/.exec(link)?.[0] ?? '0';
}

const bootFile = '/proc/sys/kernel/random/boot_id';
const netlinkFile = '/proc/self/net/netlink';
/** A line of the kernel's own socket for routes (protocol 0, port 0), which each namespace has; its inode is at the end. */
const routeSocket = /^\S+ +0 +0 .* ([0-9]+) *$/m;

/**
 * What no other network namespace has, before or after. The kernel gives the inode of a namespace that is gone to the
 * next one at once, but counts on for those of sockets, and each namespace has a socket of the kernel from its beginning
 * to its end.
 */
export function namespaceIdentity(): string {
  const boot = attempt(bootFile, () => readFileSync(bootFile, 'latin1')).trim();
  const sockets = attempt(netlinkFile, () => readFileSync(netlinkFile, 'latin1'));
  return [netNamespace(), routeSocket.exec(sockets)?.[1] ?? '0', boot].join('-');
}

/** Does something with a file of the folder; throws `CommandError` when the system refuses. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw troubleWith(path, cause);
  }
}

/** A `CommandError` for what the system refused. */
export function troubleWith(path: string, cause: unknown): CommandError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CommandError(`can't use ${path}: ${reason}`, ExitStatus.usage, { cause });
}

/** The code of a system error, like `ENOENT`. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
