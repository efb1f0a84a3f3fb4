/** A key, and how often it came at least. */
export interface KeyCount<K> {
  readonly key: K;
  readonly count: number;
}

/**
 * Counts how often keys come, in memory that is bounded however many different keys there are (Misra and Gries,
 * "Finding repeated elements", with the pruning of many keys at a time). Up to `capacity` keys every count is exact.
 * Beyond, the rare keys are forgotten: counts are then up to {@link error} too low, and a key that came more often
 * than that is never missing.
 */
export class FrequentKeys<K> {
  readonly #counts = new Map<K, number>();
  readonly #capacity: number;
  #error = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** By how much a count may be too low; 0 while all are exact. */
  get error(): number {
    return this.#error;
  }

  add(key: K): void {
    const count = this.#counts.get(key);
    this.#counts.set(key, (count ?? 0) + 1);
    if (count === undefined && this.#counts.size > this.#capacity) this.#prune();
  }

  /** The keys, the most frequent first; those with equal counts in the order in which they came first. */
  ranking(): KeyCount<K>[] {
    return Array.from(this.#counts, ([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count);
  }

  /** Takes the median count from every key, which forgets at least half of them. */
  #prune(): void {
    const sorted = Uint32Array.from(this.#counts.values()).sort();
    const median = sorted[sorted.length >>> 1] ?? 0;
    this.#error += median;
    for (const [key, count] of this.#counts) {
      if (count <= median) this.#counts.delete(key);
      else this.#counts.set(key, count - median);
    }
  }
}
