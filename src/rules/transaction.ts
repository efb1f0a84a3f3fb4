import type { Failure } from '../ipvs/client.js';
import type { Operation } from '../ipvs/operation.js';
import type { Kernel } from './kernel.js';
import { restoration } from './restoration.js';
import { applyToSettings, copySettings, inverseSettings, type Settings } from './settings.js';
import type { Table } from './table.js';
import { applyToTable, copyTable, inverseOperations } from './virtual-table.js';

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
  /** What the kernel has carried out, or may have. */
  readonly #done: Operation[] = [];
  /** Whether the kernel broke off and some of it may not be carried out, or be undone already. */
  #isUnclear = false;

  /**
   * `table` and `settings` are what the kernel has at the start; they are kept and not changed. Without settings their
   * operations are not undone.
   */
  constructor(client: Kernel, table: Table, settings?: Settings) {
    this.#client = client;
    this.#table = table;
    this.#settings = settings;
  }

  /**
   * Carries out operations until the first is refused or the signal is aborted. Those that went to the kernel with a
   * refused one may be carried out too. Throws what the client throws; how far it came is found out by {@link undo}.
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
    try {
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
    } catch (error) {
      this.#isUnclear = true;
      for (; done < operations.length; done++) {
        const operation = operations[done];
        if (operation !== undefined) this.#done.push(operation);
      }
      throw error;
    }
    if (first !== undefined) return { result: 'refused', failure: first };
    return { result: done === operations.length ? 'done' : 'aborted' };
  }

  /**
   * Undoes in reverse what {@link run} did, and returns what the kernel refuses of that. After the client threw, it
   * reads what the kernel has instead and makes what was touched as it was; `client` is for a connection that broke.
   * Throws what the client throws, and can be asked again then.
   */
  async undo(client: Kernel = this.#client): Promise<readonly Failure[]> {
    const operations = this.#isUnclear
      ? await restoration(client, this.#table, this.#settings, this.#done)
      : this.#inverse();
    this.#isUnclear = true;
    const leftovers = await client.batch(operations);
    this.#isUnclear = false;
    this.#done.length = 0;
    return leftovers;
  }

  #inverse(): Operation[] {
    const table = copyTable(this.#table);
    const settings = this.#settings === undefined ? undefined : copySettings(this.#settings);
    const steps: Operation[][] = [];
    for (const operation of this.#done) {
      steps.push(inverseOperations(table, operation));
      applyToTable(table, operation);
      if (settings !== undefined) {
        steps.push(inverseSettings(settings, operation));
        applyToSettings(settings, operation);
      }
    }
    return steps.reverse().flat();
  }
}

/**
 * Carries out all operations or none: at the first refusal, or when aborted, what was done is undone in reverse.
 * `table` is what the kernel has at the start. Throws what the client throws.
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
