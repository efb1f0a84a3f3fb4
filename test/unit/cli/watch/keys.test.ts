import { expect, it } from 'vitest';
import { actionOf, splitKeys } from '../../../../src/cli/watch/keys.js';
import { afterKey, findColumn, type ScreenState } from '../../../../src/cli/watch/screen-state.js';
import { watchColumns } from '../../../../src/output/watch/columns.js';

const [name] = watchColumns;
if (name === undefined) throw new Error('no columns');

const start: ScreenState = {
  column: name,
  reversed: false,
  filter: '',
  typing: false,
  offset: 0,
  paused: false,
  interval: 1,
};

/** The state after what a terminal sends. */
function after(input: string, state = start): ScreenState {
  for (const key of splitKeys(input)) {
    const action = actionOf(key, state.typing);
    if (action !== undefined) state = afterKey(state, action, { rows: 100, room: 20 });
  }
  return state;
}

it('takes input apart into keys', () => {
  expect(splitKeys('q\u001b[A\u001b[5~\u001bOB\u001b[1;5C\u001b')).toEqual([
    'q',
    '\u001b[A',
    '\u001b[5~',
    '\u001bOB',
    '\u001b[1;5C',
    '\u001b',
  ]);
});

it('sorts by the column of a key, and turns the order when it is pressed again', () => {
  expect(after('c')).toMatchObject({ column: findColumn('conn/s'), reversed: false });
  expect(after('cc')).toMatchObject({ column: findColumn('c'), reversed: true });
  expect(after('ccw')).toMatchObject({ column: findColumn('weight'), reversed: false });
  expect(after('r').reversed).toBe(true);
  expect(findColumn('colour')).toBeUndefined();
});

it('filters by typing, where keys are letters', () => {
  expect(after('/10.q')).toMatchObject({ typing: true, filter: '10.q', offset: 0 });
  expect(after('/10\u007f\u007f\u007fx\r')).toMatchObject({ typing: false, filter: 'x' });
  expect(after('/10\u001b')).toMatchObject({ typing: false, filter: '' });
  expect(after('/10\r\u001b')).toMatchObject({ typing: false, filter: '' });
  // Nothing that could disturb the terminal gets into it.
  expect(after('/a\u009b\u0007ü\u001b[31mb').filter).toBe('ab');
  expect(after(`/${'x'.repeat(100)}`).filter).toHaveLength(60);
});

it('scrolls within what there is', () => {
  expect(after('\u001b[B\u001b[B\u001b[A').offset).toBe(1);
  expect(after('\u001b[A').offset).toBe(0);
  expect(after('\u001b[6~').offset).toBe(19);
  expect(after('\u001b[F').offset).toBe(80);
  expect(after('\u001b[F\u001b[B').offset).toBe(80);
  expect(after('\u001b[F\u001b[H').offset).toBe(0);
});

it('pauses, and looks more and less often', () => {
  expect(after(' ').paused).toBe(true);
  expect(after('  ').paused).toBe(false);
  expect(after('+').interval).toBe(2);
  expect(after('--').interval).toBe(0.5);
  expect(after('+'.repeat(20)).interval).toBe(60);
});

it('has a key of its own for each column and each command', () => {
  const keys = watchColumns.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of ['q', 'r', ' ', '/', '+', '-']) expect(keys).not.toContain(key);
});
