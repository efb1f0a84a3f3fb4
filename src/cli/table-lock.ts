import { closeSync, constants, openSync } from 'node:fs';
import { CommandError, ExitStatus } from './errors.js';

/** Where programs that put a whole table in place take turns, with `flock(2)`; made when it is not there. */
const lockFile = '/run/ipvsadm.lock';
/** From util-linux; it locks a file that its caller has open, and the lock stays when it ends. */
const flockProgram = '/usr/bin/flock';
/** How long to wait for the others, in milliseconds. */
const patience = 60_000;

/**
 * Does `action` while no other program of this kind does its own: one after the other, in the order of the kernel's
 * choice. The lock ends with the action or with this process, however it ends. Where `/run` can't be written or
 * `flock(1)` is missing, goes on without. Throws `CommandError` when the others don't come to an end within a minute,
 * or when `signal` is aborted while waiting.
 */
export async function withTableLock<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const descriptor = openLockFile();
  if (descriptor === undefined) return action();
  try {
    await lock(descriptor, signal);
    return await action();
  } finally {
    closeSync(descriptor);
  }
}

function openLockFile(): number | undefined {
  try {
    return openSync(lockFile, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch {
    return undefined;
  }
}

async function lock(descriptor: number, signal: AbortSignal | undefined): Promise<void> {
  const { spawn } = await import('node:child_process');
  await new Promise<void>((resolve, reject) => {
    const child = spawn(flockProgram, ['-x', '0'], { stdio: [descriptor, 'ignore', 'ignore'], env: {} });
    const giveUp = (): void => {
      child.kill();
    };
    const timer = setTimeout(giveUp, patience);
    signal?.addEventListener('abort', giveUp);
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      outcome();
    };
    child.once('error', () => {
      settle(resolve);
    });
    child.once('exit', (_status, killed) => {
      settle(() => {
        if (killed === null) resolve();
        else reject(stillLocked());
      });
    });
  });
}

function stillLocked(): CommandError {
  return new CommandError(
    `another program is changing the table (it holds ${lockFile}): nothing was changed`,
    ExitStatus.refused,
  );
}
