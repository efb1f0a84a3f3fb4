import { describeRefusal } from '../../ipvs/errors.js';
import { NetlinkError } from '../../netlink/errors.js';
import { replaceByPlainRules } from '../../rules/plain-replacement.js';
import type { PlainRules } from '../../rules/plain-rules.js';
import { replaceKernelTable } from '../../rules/replacement.js';
import type { Refusals, RuleStep } from '../../rules/replay.js';
import { CommandError, ExitStatus } from '../errors.js';
import type { Invocation } from '../invocation.js';
import { readPlainRules } from '../plain-rules.js';
import { readInput, readRules, type RuleLine } from '../rule-lines.js';
import type { Interruption, Session } from '../session.js';
import { operationOf } from './change.js';
import { checkInterruption, inTurn } from './in-turn.js';
import { endsRules, runCommands, type RunOther } from './restore.js';

/**
 * `ipvsadm-restore`: puts the rules on standard input in the place of the table, which ends as if it had been cleared
 * before: the same table, messages and exit status. What is as the rules say stays untouched, connections and counters
 * with it. Listings and zeroing among the rules have their turn when the table is in place.
 *
 * Once begun it is brought to its end whatever the signal; a signal before that ends it with nothing changed.
 */
export async function replaceTable(session: Session, runOther: RunOther): Promise<number> {
  const input = await readInput(session.terminal);
  const plain = readPlainRules(input);
  if (plain !== undefined) {
    return whenItsTurn(session, (interruption) => replacePlainly(session, plain, interruption));
  }
  const lines = upToEnd(await readRules(session, input));
  return whenItsTurn(session, (interruption) => replace(session, lines, interruption, runOther));
}

/** `ipvsadm-restore --flush`: clears the table, then adds what the rules say. */
export async function clearAndRestore(session: Session, runOther: RunOther): Promise<number> {
  const lines = await readRules(session, await readInput(session.terminal));
  const commands = lines.map(({ invocation }) => invocation);
  return whenItsTurn(session, (interruption) => {
    checkInterruption(interruption);
    return runCommands(session, [{ command: 'flush' }, ...commands], runOther);
  });
}

function whenItsTurn(
  { terminal }: Session,
  action: (interruption: Interruption) => Promise<number>,
): Promise<number> {
  const interruption = terminal.interruption();
  return inTurn(interruption, () => action(interruption));
}

function upToEnd(lines: readonly RuleLine[]): readonly Invocation[] {
  const end = lines.findIndex(({ invocation }) => endsRules(invocation));
  return (end < 0 ? lines : lines.slice(0, end + 1)).map(({ invocation }) => invocation);
}

async function replacePlainly(
  { client, terminal }: Session,
  rules: PlainRules,
  interruption: Interruption,
): Promise<number> {
  const { steps, refusals, lastRefused } = await replaceByPlainRules(client, rules, () => {
    checkInterruption(interruption);
  });
  terminal.writeError(Array.from(messages(steps, refusals), ([, message]) => `${message}\n`).join(''));
  return lastRefused ? ExitStatus.refused : ExitStatus.ok;
}

async function replace(
  session: Session,
  invocations: readonly Invocation[],
  interruption: Interruption,
  runOther: RunOther,
): Promise<number> {
  const { client, terminal } = session;
  const steps: RuleStep[] = [];
  const places: number[] = [];
  for (const [place, invocation] of invocations.entries()) {
    const step = stepOf(invocation);
    if (step === undefined) continue;
    steps.push(step);
    places.push(place);
  }
  const { refusals, end } = await replaceKernelTable(client, steps, () => {
    checkInterruption(interruption);
    return Promise.resolve();
  });
  const ended = steps[end - 1]?.kind === 'need' && refusals.has(end - 1);
  const counted = ended ? invocations.slice(0, (places[end - 1] ?? 0) + 1) : invocations;
  const refused = new Set<number>();
  let text = '';
  for (const [index, message] of messages(steps, refusals)) {
    refused.add(places[index] ?? 0);
    text += `${message}\n`;
  }
  terminal.writeError(text);
  let status: number = ExitStatus.ok;
  for (const [place, invocation] of counted.entries()) {
    if (refused.has(place)) status = statusOf(invocation);
    else if (isDeferred(invocation)) status = await runDeferred(session, invocation, runOther);
    else status = ExitStatus.ok;
  }
  return status;
}

/** What a line does to the table; undefined for one that has no say in it. */
function stepOf(invocation: Invocation): RuleStep | undefined {
  if (invocation.command !== 'list') return operationOf(invocation);
  return invocation.service === undefined ? undefined : { kind: 'need', service: invocation.service };
}

/** The message for each refused line, in the order of lines. */
function* messages(steps: readonly RuleStep[], refusals: Refusals): Iterable<readonly [number, string]> {
  for (const [index, errno] of [...refusals].sort(([a], [b]) => a - b)) {
    const kind = steps[index]?.kind ?? '';
    yield [index, describeRefusal(kind === 'need' ? 'getService' : kind, errno)];
  }
}

function statusOf({ command }: Invocation): number {
  return command === 'list' ? ExitStatus.listing : ExitStatus.refused;
}

/** Whether a line waits until the table is in place. */
function isDeferred(invocation: Invocation): boolean {
  return invocation.command === 'zero' || operationOf(invocation) === undefined;
}

/** Runs what waits until the table is in place, and gives its exit status. */
async function runDeferred(session: Session, invocation: Invocation, runOther: RunOther): Promise<number> {
  try {
    if (invocation.command === 'zero') await session.client.zero(invocation.service);
    else await runOther(session, invocation);
    return ExitStatus.ok;
  } catch (error) {
    // A service of an earlier line may be gone by now.
    if (error instanceof NetlinkError && error.code === 'ESRCH') return ExitStatus.ok;
    if (!(error instanceof CommandError)) throw error;
    session.terminal.writeError(`${error.message}\n`);
    return error.exitStatus;
  }
}
