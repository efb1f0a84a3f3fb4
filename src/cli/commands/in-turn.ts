import { CommandError } from '../errors.js';
import type { Interruption } from '../session.js';
import { withTableLock } from '../table-lock.js';

/**
 * Does `action` in turn with other programs that put a whole table in place. A signal while waiting for the others
 * ends it. Throws `CommandError`.
 */
export async function inTurn<T>(interruption: Interruption, action: () => Promise<T>): Promise<T> {
  try {
    return await withTableLock(action, { signal: interruption.signal });
  } catch (error) {
    if (error instanceof CommandError && error.code === 'ERR_LOCKED') checkInterruption(interruption);
    throw error;
  }
}

/** Throws `CommandError` when a signal has come and nothing is changed yet. */
export function checkInterruption({ exitStatus }: Interruption): void {
  if (exitStatus !== undefined) throw new CommandError('interrupted: nothing was changed', exitStatus);
}
