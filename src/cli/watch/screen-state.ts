import { watchColumns, type WatchColumn } from '../../output/watch/columns.js';
import type { KeyAction } from './keys.js';

/** What the user chose of the screen. */
export interface ScreenState {
  readonly column: WatchColumn;
  readonly reversed: boolean;
  readonly filter: string;
  readonly typing: boolean;
  readonly offset: number;
  readonly paused: boolean;
  /** Seconds. */
  readonly interval: number;
}

/** What there is to scroll over, as the screen was drawn last. */
export interface ScrollRoom {
  readonly rows: number;
  readonly room: number;
}

/** Seconds between two looks that the keys go through. */
const intervals = [0.5, 1, 2, 5, 10, 30, 60];

const longestFilter = 60;

/** The column of this name or key; undefined for none. */
export function findColumn(name: string): WatchColumn | undefined {
  const wanted = name.toLowerCase();
  return watchColumns.find(({ key, title }) => key === wanted || title.toLowerCase() === wanted);
}

/** The state after a key. */
export function afterKey(state: ScreenState, action: KeyAction, { rows, room }: ScrollRoom): ScreenState {
  switch (action.kind) {
    case 'sort':
      return state.column === action.column
        ? { ...state, reversed: !state.reversed }
        : { ...state, column: action.column, reversed: false };
    case 'reverse':
      return { ...state, reversed: !state.reversed };
    case 'pause':
      return { ...state, paused: !state.paused };
    case 'filter':
      return { ...state, typing: true };
    case 'type':
      return { ...state, filter: (state.filter + action.text).slice(0, longestFilter), offset: 0 };
    case 'erase':
      return { ...state, filter: state.filter.slice(0, -1), offset: 0 };
    case 'keep':
      return { ...state, typing: false };
    case 'clear':
      return { ...state, typing: false, filter: '', offset: 0 };
    case 'interval':
      return { ...state, interval: nextInterval(state.interval, action.longer) };
    case 'scroll': {
      const step = { line: 1, page: Math.max(1, room - 1), all: rows }[action.by];
      const offset = state.offset + (action.down ? step : -step);
      return { ...state, offset: Math.max(0, Math.min(offset, rows - room)) };
    }
    case 'quit':
    case 'interrupt':
    case 'suspend':
    case 'redraw':
      return state;
  }
}

function nextInterval(interval: number, longer: boolean): number {
  const next = longer
    ? intervals.find((each) => each > interval)
    : intervals.findLast((each) => each < interval);
  return next ?? interval;
}
