import type { Failure, IpvsClient } from '../ipvs/client.js';
import type { Operation } from '../ipvs/operation.js';
import type { Table } from './table.js';
import { applyToTable, inverseOperations } from './virtual-table.js';

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

/**
 * Carries out all operations or none: at the first refusal, or when aborted, what was done is undone in reverse.
 * `table` is what the kernel has at the start, and is changed along. Throws what the client throws.
 */
export async function transact(
  client: IpvsClient,
  table: Table,
  operations: readonly Operation[],
  { signal, onProgress }: TransactionOptions = {},
): Promise<TransactionOutcome> {
  let done = 0;
  const refusals: Failure[] = [];
  await client.batch(operations, (count, failures) => {
    done = count;
    refusals.push(...failures);
    onProgress?.(count);
    return refusals.length === 0 && signal?.aborted !== true;
  });
  const [failure] = refusals;
  if (failure === undefined && done === operations.length) return { result: 'done' };
  const leftovers = await undo(
    client,
    table,
    operations.slice(0, done),
    new Set(refusals.map(({ index }) => index)),
  );
  return failure === undefined ? { result: 'aborted', leftovers } : { result: 'refused', failure, leftovers };
}

async function undo(
  client: IpvsClient,
  table: Table,
  done: readonly Operation[],
  refused: ReadonlySet<number>,
): Promise<readonly Failure[]> {
  const steps: Operation[][] = [];
  for (const [index, operation] of done.entries()) {
    if (refused.has(index)) continue;
    steps.push(inverseOperations(table, operation));
    applyToTable(table, operation);
  }
  return client.batch(steps.reverse().flat());
}
