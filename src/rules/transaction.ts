import type { Failure } from '../ipvs/client.js';
import type { Operation } from '../ipvs/operation.js';
import type { Kernel } from './kernel.js';
import { applyToSettings, inverseSettings, type Settings } from './settings.js';
import type { Table } from './table.js';
import { applyToTable, inverseOperations } from './virtual-table.js';

/** How far some operations of a transaction came. */
export type StepOutcome =
  | { readonly result: 'done' }
  /** The first refusal; its index is that of the operation among those given. */
  | { readonly result: 'refused'; readonly failure: Failure }
  | { readonly result: 'aborted' };

/** What has become of a transaction. */
export type TransactionOutcome =
  | { readonly result: 'done' }
  /** Nothing remains changed, but for `leftovers`: what could not be undone. */
  | {
      readonly result: 'refused';
      /** The refusal; its index is that of the operation. */
      readonly failure: Failure;
      readonly leftovers: readonly Failure[];
    }
  | { readonly result: 'aborted'; readonly leftovers: readonly Failure[] };

export interface TransactionOptions {
  /** Ends the transaction and undoes what was done. */
  readonly signal?: AbortSignal | undefined;
  /** Learns how many operations are done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Operations that can be undone together, in reverse. */
export class Transaction {
  readonly #client: Kernel;
  readonly #table: Table;
  readonly #settings: Settings | undefined;
  /** What the kernel has carried out and is not on the table yet. */
  readonly #done: Operation[] = [];

  /**
   * `table` and `settings` are what the kernel has at the start; {@link undo} changes them. Without settings their
   * operations are not undone.
   */
  constructor(client: Kernel, table: Table, settings?: Settings) {
    this.#client = client;
    this.#table = table;
    this.#settings = settings;
  }

  /**
   * Carries out operations until the first is refused or the signal is aborted. Those that went to the kernel with a
   * refused one may be carried out too. Throws what the client throws.
   */
  async run(
    operations: readonly Operation[],
    { signal, onProgress }: TransactionOptions = {},
  ): Promise<StepOutcome> {
    if (signal !== undefined) await nextTurn();
    if (signal?.aborted === true) return { result: 'aborted' };
    if (operations.length === 0) return { result: 'done' };
    let done = 0;
    let first: Failure | undefined;
    await this.#client.batch(operations, async (count, failures) => {
      const refused = new Set(failures.map(({ index }) => index));
      for (; done < count; done++) {
        const operation = operations[done];
        if (operation !== undefined && !refused.has(done)) this.#done.push(operation);
      }
      first ??= failures[0];
      onProgress?.(count);
      if (signal !== undefined) await nextTurn();
      return first === undefined && signal?.aborted !== true;
    });
    if (first !== undefined) return { result: 'refused', failure: first };
    return { result: done === operations.length ? 'done' : 'aborted' };
  }

  /** Undoes in reverse what {@link run} did, and returns what the kernel refuses of that. */
  async undo(): Promise<readonly Failure[]> {
    const steps: Operation[][] = [];
    for (const operation of this.#done.splice(0)) {
      steps.push(inverseOperations(this.#table, operation));
      applyToTable(this.#table, operation);
      if (this.#settings !== undefined) {
        steps.push(inverseSettings(this.#settings, operation));
        applyToSettings(this.#settings, operation);
      }
    }
    return this.#client.batch(steps.reverse().flat());
  }
}

/**
 * Carries out all operations or none: at the first refusal, or when aborted, what was done is undone in reverse.
 * `table` is what the kernel has at the start, and is changed along. Throws what the client throws.
 */
export async function transact(
  client: Kernel,
  table: Table,
  operations: readonly Operation[],
  options: TransactionOptions = {},
): Promise<TransactionOutcome> {
  const transaction = new Transaction(client, table);
  const outcome = await transaction.run(operations, options);
  if (outcome.result === 'done') return outcome;
  return { ...outcome, leftovers: await transaction.undo() };
}

/** Lets others run, those who abort signals too: sockets need not wait for anything. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
