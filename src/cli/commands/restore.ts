import type { Operation } from '../../ipvs/operation.js';
import { ExitStatus } from '../errors.js';
import type { Invocation } from '../invocation.js';
import { readPlainRules } from '../plain-rules.js';
import { readInput, readRules } from '../rule-lines.js';
import type { Session } from '../session.js';
import { operationOf } from './change.js';

/** Runs a command that changes nothing. Throws `CommandError`. */
export type RunOther = (session: Session, invocation: Invocation) => Promise<void>;

/**
 * `ipvsadm -R`: runs the command lines on standard input on the table that is there. A refused change prints its line
 * and does not stop those behind it; anything else that fails ends the restore. Gives the exit status of the last
 * command.
 */
export async function restore(session: Session, runOther: RunOther): Promise<number> {
  const input = await readInput(session.terminal);
  const plain = readPlainRules(input);
  if (plain !== undefined) return change(session, plain.operations(), plain.count);
  const lines = await readRules(session, input);
  return runCommands(
    session,
    lines.map(({ invocation }) => invocation),
    runOther,
  );
}

/** Carries out so many changes, and gives the exit status of the last one. */
async function change(session: Session, changes: Iterable<Operation>, count: number): Promise<number> {
  const failures = await session.client.batch(changes, (_done, refused) => {
    session.terminal.writeError(refused.map(({ message }) => `${message}\n`).join(''));
    return true;
  });
  return failures.at(-1)?.index === count - 1 ? ExitStatus.refused : ExitStatus.ok;
}

/** Carries out commands one after the other, changes in batches; see {@link restore}. */
export async function runCommands(
  session: Session,
  invocations: readonly Invocation[],
  runOther: RunOther,
): Promise<number> {
  let status: number = ExitStatus.ok;
  let changes: Operation[] = [];
  const carryOut = async (): Promise<void> => {
    if (changes.length === 0) return;
    status = await change(session, changes, changes.length);
    changes = [];
  };
  for (const invocation of invocations) {
    const change = operationOf(invocation);
    if (change !== undefined) {
      changes.push(change);
      continue;
    }
    await carryOut();
    await runOther(session, invocation);
    // What is listed stands before the messages about later lines.
    session.terminal.flush();
    status = ExitStatus.ok;
    if (endsRules(invocation)) return status;
  }
  await carryOut();
  return status;
}

/** Whether the lines behind this one do not count. */
export function endsRules({ command }: Invocation): boolean {
  return command === 'help' || command === 'version';
}
