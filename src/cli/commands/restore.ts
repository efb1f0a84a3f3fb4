import type { Operation } from '../../ipvs/operation.js';
import { tokenise } from '../../rules/tokenise.js';
import { CommandError, ExitStatus, NoCommandError, UsageError } from '../errors.js';
import type { Invocation } from '../invocation.js';
import { parseCommandLine } from '../parse.js';
import { parseAfterLookups } from '../parse-names.js';
import type { Session } from '../session.js';
import { operationOf } from './change.js';

/** Runs a command other than a change, and gives its exit status; undefined lets the restore go on. */
export type RunOther = (session: Session, invocation: Invocation) => Promise<void>;

/**
 * Reads rules, each line a command line of its own. Every line is checked before anything is done: at the first bad
 * one a {@link UsageError} names the line.
 */
export async function readRules(session: Session, text: string): Promise<Invocation[]> {
  return parseAfterLookups(session.names, () => parseRules(session, text));
}

function parseRules({ names, programName }: Session, text: string): Invocation[] {
  const invocations: Invocation[] = [];
  let lineNumber = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    lineNumber++;
    const words = tokenise(text.slice(start, end));
    start = end + 1;
    if (words.length === 0) continue;
    try {
      const invocation = parseCommandLine(words, programName, names);
      if (invocation.command === 'restore') throw new NoCommandError(programName);
      invocations.push(invocation);
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`line ${lineNumber}: ${error.message}`);
      throw error;
    }
  }
  return invocations;
}

/**
 * Carries out the commands one after the other, changes in batches. A refused change prints its line and does not
 * stop those behind it. Gives the exit status of the last command; anything else that fails ends the restore.
 */
export async function runRules(
  session: Session,
  invocations: readonly Invocation[],
  runOther: RunOther,
): Promise<number> {
  let status: number = ExitStatus.ok;
  let changes: Operation[] = [];
  const carryOut = async (): Promise<void> => {
    if (changes.length === 0) return;
    const failures = await session.client.batch(changes, (_done, refused) => {
      session.terminal.writeError(refused.map(({ message }) => `${message}\n`).join(''));
      return true;
    });
    status = failures.at(-1)?.index === changes.length - 1 ? ExitStatus.refused : ExitStatus.ok;
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
    status = ExitStatus.ok;
    if (invocation.command === 'help' || invocation.command === 'version') return status;
  }
  await carryOut();
  return status;
}

/** `ipvsadm -R`: runs the command lines on standard input. */
export async function restore(session: Session, runOther: RunOther): Promise<number> {
  return runRules(session, await readRules(session, await readInput(session)), runOther);
}

/** `ipvsadm-restore`: puts the rules on standard input in the place of the table. */
export async function replaceTable(session: Session, runOther: RunOther): Promise<number> {
  const invocations = await readRules(session, await readInput(session));
  return runRules(session, [{ command: 'flush' }, ...invocations], runOther);
}

async function readInput({ terminal }: Session): Promise<string> {
  try {
    return await terminal.readInput();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`cannot read the rules: ${reason}`, ExitStatus.usage, { cause });
  }
}
