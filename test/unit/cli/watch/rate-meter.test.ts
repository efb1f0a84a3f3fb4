import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateMeter } from '../../../../src/cli/watch/rate-meter.js';
import { statsOf } from './listed.js';

/** The rates of connections that a meter shows when counters are these, one look a second. */
function ratesOf(counters: readonly number[], seconds = 1): number[] {
  const [first = 0, ...rest] = counters;
  const meter = new RateMeter(statsOf(first));
  return rest.map((counter) => {
    meter.measure(statsOf(counter), seconds);
    return meter.rates.connections;
  });
}

it('divides a step of the kernel by the two seconds that it stands for', () => {
  expect(ratesOf([0, 0, 20, 20, 40, 40])).toEqual([0, 10, 10, 10, 10]);
  // A step that is seen a little late, then one in time.
  expect(ratesOf([0, 20, 20, 20, 40, 60, 60])).toEqual([10, 10, 10, 10, 10, 10]);
});

it('falls to nothing when a step is missing', () => {
  expect(ratesOf([0, 20, 20, 20, 20, 20])).toEqual([10, 10, 10, 0, 0]);
});

it('divides by the time itself where a look takes in several steps', () => {
  expect(ratesOf([0, 100, 100, 150], 10)).toEqual([10, 0, 5]);
});

it('begins with what the kernel estimates', () => {
  const meter = new RateMeter(statsOf(1000, 17));
  expect(meter.rates.connections).toBe(17);
  meter.measure(statsOf(1000, 17), 1);
  expect(meter.rates.connections).toBe(17);
  expect(meter.hasDifference).toBe(false);
  meter.measure(statsOf(1040, 17), 1);
  expect(meter.rates.connections).toBe(20);
  expect(meter.hasDifference).toBe(true);
});

it('counts from nothing when counters are zeroed', () => {
  expect(ratesOf([1000, 1020, 6])).toEqual([10, 3]);
});

it('keeps the latest rates', () => {
  const meter = new RateMeter(statsOf(0));
  for (let look = 1; look <= 100; look++) meter.measure(statsOf(2 * look), 1);
  expect(meter.history('connections')).toHaveLength(30);
  expect(meter.history('packets').at(-1)).toBe(8);
  expect(meter.history('bytes').at(-1)).toBe(200);
});

it('is exact for counters that numbers can not hold', () => {
  const huge = 2n ** 63n;
  const meter = new RateMeter({ ...statsOf(0), inBytes: huge });
  meter.measure({ ...statsOf(0), inBytes: huge + 6n }, 1);
  expect(meter.rates.inBytes).toBe(3);
});

it('adds up to the counter, whatever the traffic', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 30 }), (steps) => {
      let counter = 0;
      const counters = [0, ...steps.flatMap((step) => [(counter += step), counter])];
      const rates = ratesOf(counters);
      const sum = rates.reduce((total, rate) => total + rate, 0);
      // Where a step is nothing, the one before is shown for another second.
      expect(sum).toBeGreaterThanOrEqual(counter * 0.999);
    }),
  );
});
