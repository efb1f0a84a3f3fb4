import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, ExitStatus } from './errors.js';
import { netNamespace, openRunFolder } from './state/run-folder.js';

/** From util-linux; it locks a file that its caller has open, and the lock stays when it ends. */
const flockProgram = '/usr/bin/flock';
/** What it ends with when another has the lock and it may not wait. */
const lockedStatus = 1;
/** How long to wait for the others, in seconds. */
const defaultPatience = 60;
/** Characters that the number of a process has at most. */
const longestNumber = 10;

export interface TableLockOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the others, in seconds. */
  readonly patience?: number | undefined;
  /** Learns that there is no lock, and why. */
  readonly onUnlocked?: ((reason: string) => void) | undefined;
}

/**
 * Does `action` while no other program of this kind does its own in this network namespace: one after the other, in
 * the order of the kernel's choice. They take turns with `flock(2)` on a file under `/run/ipvsadm`. The lock ends with
 * the action or with this process, however it ends. Where `/run` can't be written or `flock(1)` is missing, goes on
 * without. Throws `CommandError` when the others don't come to an end in time, or when `signal` is aborted while
 * waiting.
 */
export async function withTableLock<T>(
  action: () => Promise<T>,
  { signal, patience = defaultPatience, onUnlocked }: TableLockOptions = {},
): Promise<T> {
  let file: LockFile | undefined;
  try {
    file = openLockFile();
  } catch (error) {
    onUnlocked?.(error instanceof Error ? error.message : String(error));
    return action();
  }
  try {
    if (await lock(file, patience, signal)) writeHolder(file);
    else onUnlocked?.(`${flockProgram} can't be run`);
    return await action();
  } finally {
    closeSync(file.descriptor);
  }
}

interface LockFile {
  readonly path: string;
  readonly descriptor: number;
}

function openLockFile(): LockFile {
  const path = join(openRunFolder(), `table-${netNamespace()}.lock`);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  return { path, descriptor: openSync(path, flags, 0o600) };
}

/** False where there is no flock(1). */
async function lock(file: LockFile, patience: number, signal: AbortSignal | undefined): Promise<boolean> {
  const { spawn, spawnSync } = await import('node:child_process');
  if (signal?.aborted === true) throw stillLocked(file);
  const stdio: ['ignore' | number, 'ignore', 'ignore'] = [file.descriptor, 'ignore', 'ignore'];
  const options = { stdio, env: {}, detached: true };
  // Mostly nobody else has it, and then this costs less than waiting for a child that runs beside.
  const first = spawnSync(flockProgram, ['-xn', '0'], options);
  if (first.error !== undefined) return false;
  // Signals that came meanwhile are noticed in another turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (first.status === 0) return true;
  if (first.status === lockedStatus && patience === 0) throw stillLocked(file);
  return new Promise((resolve, reject) => {
    const child = spawn(flockProgram, ['-x', '0'], options);
    const giveUp = (): void => {
      child.kill('SIGKILL');
    };
    const timer = setTimeout(giveUp, patience * 1000);
    signal?.addEventListener('abort', giveUp);
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      outcome();
    };
    child.once('error', () => {
      settle(() => {
        resolve(false);
      });
    });
    child.once('exit', (status) => {
      settle(() => {
        // It has none when it was ended.
        if (status === null) reject(stillLocked(file));
        else resolve(status === 0);
      });
    });
  });
}

/** The process that holds the lock is named in the file, for messages only. */
function writeHolder({ descriptor }: LockFile): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`, 0);
  } catch {
    // A full /run takes nothing from the lock.
  }
}

/** Never throws: it is called while the end of a child is handled. */
function stillLocked(file: LockFile): CommandError {
  const { path } = file;
  const holder = readHolder(file);
  const who = holder === undefined ? 'another program' : `another program (process ${holder})`;
  return new CommandError(
    `${who} is changing the table (it holds ${path}): nothing was changed`,
    ExitStatus.refused,
    { code: 'ERR_LOCKED' },
  );
}

function readHolder({ descriptor }: LockFile): string | undefined {
  const text = Buffer.alloc(longestNumber);
  try {
    readSync(descriptor, text, 0, longestNumber, 0);
  } catch {
    return undefined;
  }
  return /^[0-9]+/.exec(text.toString('latin1'))?.[0];
}
