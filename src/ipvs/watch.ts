import { setTimeout as delay } from 'node:timers/promises';
import type { IpvsClient } from './client.js';
import { readListing, type ListedService, type ListingOptions } from './listing.js';

export interface WatchOptions extends ListingOptions {
  /** Seconds from one look to the next, 1 if not given. The kernel itself sums counters up every two seconds. */
  readonly interval?: number | undefined;
  /** Ends the watching. */
  readonly signal?: AbortSignal | undefined;
}

/** What one look saw. */
export interface Snapshot {
  readonly time: Date;
  readonly services: readonly ListedService[];
}

/**
 * Reads the services and their servers again and again, the first time at once, until the signal is aborted or the
 * caller stops. Who takes longer than the interval misses looks. Throws what {@link readListing} throws.
 */
export async function* watchListing(
  client: IpvsClient,
  { interval = 1, signal, ...listing }: WatchOptions = {},
): AsyncGenerator<Snapshot, void, undefined> {
  const start = performance.now();
  while (signal?.aborted !== true) {
    yield { time: new Date(), services: await readListing(client, listing) };
    const elapsed = (performance.now() - start) / 1000;
    const wait = interval - (elapsed % interval);
    if (!(await sleep(wait * 1000, signal))) return;
  }
}

/** False when the signal ended it. */
async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    return false;
  }
}
