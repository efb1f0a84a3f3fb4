import type { Failure } from '../../ipvs/client.js';
import { describeRefusal } from '../../ipvs/errors.js';
import type { Operation } from '../../ipvs/operation.js';
import { readKernelTable } from '../../rules/read-table.js';
import { copySettings, readSettings } from '../../rules/settings.js';
import { Transaction } from '../../rules/transaction.js';
import { applyToDirector, type VirtualDirector } from '../../rules/virtual-director.js';
import { copyTable } from '../../rules/virtual-table.js';
import { IpvsadmError } from '../../netlink/errors.js';
import { CommandError, ExitStatus } from '../errors.js';
import type { Invocation } from '../invocation.js';
import { leftoversText } from '../leftovers.js';
import { readInput, readRules, type RuleLine } from '../rule-lines.js';
import type { Interruption, Session } from '../session.js';
import { operationOf } from './change.js';
import { checkInterruption, inTurn } from './in-turn.js';
import { endsRules, type RunOther } from './restore.js';

/**
 * `ipvsadm -R --atomic`: runs the command lines on standard input, all or none. What the kernel would refuse because
 * an entry is there or is not ends it before anything is done; at any other refusal, at a listing that fails and on
 * SIGINT and SIGTERM everything that was done is undone, timeouts and sync daemons too, and the line is named.
 * Counters are zeroed when all else is done; those of a service that was deleted and came back start anew.
 */
export async function restoreAtomically(session: Session, runOther: RunOther): Promise<number> {
  const lines = await readRules(session, await readInput(session.terminal));
  const interruption = session.terminal.interruption();
  return inTurn(interruption, () => new AtomicRestore(session, interruption, runOther).run(lines));
}

/** Lines that go to the kernel together. */
interface Changes {
  readonly operations: Operation[];
  readonly lines: RuleLine[];
}

class AtomicRestore {
  readonly #session: Session;
  readonly #interruption: Interruption;
  readonly #runOther: RunOther;

  constructor(session: Session, interruption: Interruption, runOther: RunOther) {
    this.#session = session;
    this.#interruption = interruption;
    this.#runOther = runOther;
  }

  async run(lines: readonly RuleLine[]): Promise<number> {
    const { client } = this.#session;
    const table = await readKernelTable(client);
    const settings = await readSettings(client);
    checkLines(lines, { table: copyTable(table), settings: copySettings(settings) });
    checkInterruption(this.#interruption);
    const transaction = new Transaction(client, table, settings);
    try {
      await this.#runLines(lines, transaction);
    } catch (error) {
      throw await this.#undo(transaction, error);
    }
    return ExitStatus.ok;
  }

  async #runLines(lines: readonly RuleLine[], transaction: Transaction): Promise<void> {
    let changes: Changes = { operations: [], lines: [] };
    const zeroing: Changes = { operations: [], lines: [] };
    for (const line of lines) {
      const operation = operationOf(line.invocation);
      if (operation !== undefined) {
        const { operations, lines: ofThese } = operation.kind === 'zero' ? zeroing : changes;
        operations.push(operation);
        ofThese.push(line);
        continue;
      }
      await this.#carryOut(changes, transaction);
      changes = { operations: [], lines: [] };
      await this.#runListing(line);
      if (endsRules(line.invocation)) break;
    }
    await this.#carryOut(changes, transaction);
    if (zeroing.operations.length > 0) await this.#session.client.batch(zeroing.operations);
  }

  async #carryOut({ operations, lines }: Changes, transaction: Transaction): Promise<void> {
    const outcome = await transaction.run(operations, { signal: this.#interruption.signal });
    if (outcome.result === 'done') return;
    if (outcome.result === 'aborted') {
      throw new CommandError('interrupted', this.#interruption.exitStatus ?? ExitStatus.refused);
    }
    const { index, message } = outcome.failure;
    throw refusal(lines[index], message, ExitStatus.refused);
  }

  async #runListing(line: RuleLine): Promise<void> {
    try {
      await this.#runOther(this.#session, line.invocation);
    } catch (error) {
      throw error instanceof CommandError ? refusal(line, error.message, error.exitStatus) : error;
    }
  }

  /** Undoes everything, and gives the error that says so. */
  async #undo(transaction: Transaction, error: unknown): Promise<unknown> {
    let leftovers: readonly Failure[];
    try {
      leftovers = await this.#undone(transaction);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      return told(error, `what was done could not be undone: ${reason}`);
    }
    if (leftovers.length === 0) return told(error, 'everything was undone');
    return told(error, `not everything could be undone: ${leftoversText(leftovers)}`);
  }

  async #undone(transaction: Transaction): Promise<readonly Failure[]> {
    try {
      return await transaction.undo();
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
    }
    await using client = await this.#session.reopen();
    return await transaction.undo(client);
  }
}

/** The error with what has become of the changes; one that is not about them, like a closed pipe, as it is. */
function told(error: unknown, outcome: string): unknown {
  if (!(error instanceof IpvsadmError)) return error;
  const status = error instanceof CommandError ? error.exitStatus : ExitStatus.refused;
  return new CommandError(`${error.message}: ${outcome}`, status, { cause: error });
}

function refusal(line: RuleLine | undefined, message: string, exitStatus: number): CommandError {
  return new CommandError(`line ${line?.number ?? 0}: ${message}`, exitStatus);
}

/** Runs the lines on a copy of what the kernel has. Throws `CommandError` for the first that is sure to be refused. */
function checkLines(lines: readonly RuleLine[], director: VirtualDirector): void {
  for (const line of lines) {
    const { invocation } = line;
    const operation = operationOf(invocation) ?? existenceOf(invocation);
    if (operation !== undefined) {
      const errno = applyToDirector(director, operation);
      if (errno !== undefined) {
        const isListing = invocation.command === 'list';
        const message = describeRefusal(isListing ? 'getService' : operation.kind, errno);
        const status = isListing ? ExitStatus.listing : ExitStatus.refused;
        throw refusal(line, `${message}: nothing was changed`, status);
      }
    }
    if (endsRules(invocation)) return;
  }
}

/** Zeroing a service, like listing it, needs the service and changes nothing of the table. */
function existenceOf(invocation: Invocation): Operation | undefined {
  return invocation.command === 'list' && invocation.service !== undefined
    ? { kind: 'zero', service: invocation.service }
    : undefined;
}
