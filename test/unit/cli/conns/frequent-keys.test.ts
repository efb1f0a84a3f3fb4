import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrequentKeys } from '../../../../src/cli/conns/frequent-keys.js';

function exactCounts(keys: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

it('counts exactly what fits, the most frequent first', () => {
  const keys = new FrequentKeys<string>(3);
  for (const key of ['a', 'b', 'b', 'c', 'b', 'c']) keys.add(key);
  expect(keys.error).toBe(0);
  expect(keys.ranking()).toEqual([
    { key: 'b', count: 3 },
    { key: 'c', count: 2 },
    { key: 'a', count: 1 },
  ]);
});

it('never counts too much, errs by no more than it says, and misses nothing more frequent than that', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 }),
      fc.integer({ min: 1, max: 20 }),
      (keys, capacity) => {
        const frequent = new FrequentKeys<number>(capacity);
        for (const key of keys) frequent.add(key);
        const ranking = new Map(frequent.ranking().map(({ key, count }) => [key, count]));
        expect(ranking.size).toBeLessThanOrEqual(capacity);
        for (const [key, exact] of exactCounts(keys)) {
          const count = ranking.get(key) ?? 0;
          expect(count).toBeLessThanOrEqual(exact);
          expect(exact).toBeLessThanOrEqual(count + frequent.error);
        }
      },
    ),
  );
});
