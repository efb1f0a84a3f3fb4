import { expect, it } from 'vitest';
import { Pace } from '../../../../src/cli/watch/pace.js';

/** Looks so many times, each of which uses so many seconds of a processor; gives the interval after each. */
function intervals(pace: Pace, clock: { now: number; used: number }, looks: number, cost: number): number[] {
  return Array.from({ length: looks }, () => {
    clock.now += Math.max(pace.interval, cost);
    clock.used += cost;
    pace.adapt();
    return pace.interval;
  });
}

function paced(wanted: number): { pace: Pace; clock: { now: number; used: number } } {
  const clock = { now: 0, used: 0 };
  return { pace: new Pace(wanted, { time: () => clock.now, used: () => clock.used }), clock };
}

it('is as wanted while looks are cheap', () => {
  const { pace, clock } = paced(1);
  expect(new Set(intervals(pace, clock, 50, 0.25))).toEqual(new Set([1]));
  expect(pace.notice).toBe('');
});

it('is slower where looks would take more than their share, and says so', () => {
  const { pace, clock } = paced(1);
  expect(intervals(pace, clock, 30, 0.8).at(-1)).toBe(4);
  expect(pace.notice).toBe('so many that it is every 4 s');
  const { now, used } = clock;
  intervals(pace, clock, 30, 0.8);
  expect((clock.used - used) / (clock.now - now)).toBeLessThan(0.25);
});

it('does not mind what the first looks cost', () => {
  const { pace, clock } = paced(1);
  intervals(pace, clock, 2, 3);
  expect(new Set(intervals(pace, clock, 20, 0.1))).toEqual(new Set([1]));
});

it('is as wanted again when looks are cheap again', () => {
  const { pace, clock } = paced(1);
  intervals(pace, clock, 30, 0.8);
  expect(intervals(pace, clock, 10, 0.1).at(-1)).toBe(1);
  expect(pace.notice).toBe('');
});

it('changes nothing for looks of about the same cost', () => {
  const { pace, clock } = paced(1);
  const [first] = intervals(pace, clock, 30, 0.8).slice(-1);
  for (const cost of [0.7, 0.9, 0.6, 1]) expect(intervals(pace, clock, 5, cost).at(-1)).toBe(first);
});
