import type { HistoryName, WatchRow } from './rows.js';

/** A column of the screen, and the key that sorts by it. */
export interface WatchColumn {
  readonly key: string;
  readonly title: string;
  /** In characters; the name takes what the others leave. */
  readonly width: number;
  /** What is left out first where the screen is narrow: the highest. */
  readonly spare: number;
  /** The larger first, or undefined for names, which have an order of their own. */
  readonly value: ((row: WatchRow) => number) | undefined;
  readonly text: (row: WatchRow) => string;
  /** The history that is drawn while this column sorts. */
  readonly history: HistoryName;
}

/** Every column but the history, from left to right. */
export const watchColumns: readonly WatchColumn[] = [
  {
    key: 'n',
    title: 'Name',
    width: 0,
    spare: 0,
    value: undefined,
    text: ({ name }) => name,
    history: 'connections',
  },
  {
    key: 'm',
    title: 'Method',
    width: 6,
    spare: 6,
    value: undefined,
    text: ({ method }) => method,
    history: 'connections',
  },
  {
    key: 'w',
    title: 'Weight',
    width: 9,
    spare: 1,
    value: ({ weight }) => weight,
    text: ({ weight, weightBefore }) =>
      weightBefore === undefined
        ? shortNumber(weight)
        : `${shortNumber(weightBefore)}>${shortNumber(weight)}`,
    history: 'connections',
  },
  {
    key: 'a',
    title: 'Active',
    width: 7,
    spare: 2,
    value: ({ active }) => active,
    text: ({ active }) => shortNumber(active),
    history: 'connections',
  },
  {
    key: 'i',
    title: 'Inactive',
    width: 8,
    spare: 5,
    value: ({ inactive }) => inactive,
    text: ({ inactive }) => shortNumber(inactive),
    history: 'connections',
  },
  rateColumn('c', 'Conn/s', 'connections', 3, 'connections'),
  rateColumn('p', 'InPkt/s', 'inPackets', 7, 'packets'),
  rateColumn('o', 'OutPkt/s', 'outPackets', 8, 'packets'),
  rateColumn('b', 'InByte/s', 'inBytes', 4, 'bytes'),
  rateColumn('y', 'OutByte/s', 'outBytes', 4, 'bytes'),
];

function rateColumn(
  key: string,
  title: string,
  rate: keyof WatchRow['rates'],
  spare: number,
  history: HistoryName,
): WatchColumn {
  return {
    key,
    title,
    width: Math.max(title.length, 7),
    spare,
    value: ({ rates }) => rates[rate],
    text: ({ rates }) => shortNumber(rates[rate]),
    history,
  };
}

const units = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A number in at most six characters: in full below 100,000, with one decimal where it has a fraction below 100. */
export function shortNumber(value: number): string {
  const rounded = Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value);
  if (Math.abs(rounded) < 100_000) return String(rounded);
  let scaled = rounded;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${Math.abs(scaled) < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${units[unit] ?? ''}`;
}
