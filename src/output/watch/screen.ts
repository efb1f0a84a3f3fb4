import { Chalk, type ChalkInstance } from 'chalk';
import { printableText } from '../printable-text.js';
import { shortNumber, watchColumns, type WatchColumn } from './columns.js';
import type { Mark, Rates, WatchedService } from './rows.js';
import { selectRows, type Selection, type SelectedRow } from './selection.js';
import { sparkline } from './sparkline.js';

/** Everything that the screen shows. */
export interface WatchView {
  readonly host: string;
  /** Time of the day of the latest look. */
  readonly time: string;
  /** Seconds between two looks. */
  readonly interval: number;
  readonly paused: boolean;
  readonly services: readonly WatchedService[];
  readonly selection: Selection;
  /** Whether the filter is being typed. */
  readonly typing: boolean;
  /** Lines above the first one shown. */
  readonly offset: number;
  /** Something that the user should know; empty for nothing. */
  readonly notice: string;
}

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

export interface ScreenStyle {
  readonly colour: boolean;
  /** Whether the terminal draws characters beyond ASCII. */
  readonly unicode: boolean;
}

/** A screen: its lines, and what there is of rows. */
export interface RenderedScreen {
  readonly lines: readonly string[];
  /** Rows that there are, and how many fit. */
  readonly rows: number;
  readonly room: number;
}

/** From so many lines on a screen has the line of this kind: on a small one the rows matter more. */
const smallestHeight = { head: 3, totals: 7, titles: 4, foot: 2 } as const;

const markSigns: Readonly<Record<Mark, string>> = { new: '+', gone: '-', changed: '~' };

/** Exactly as many lines as the screen has, none longer than it is wide. Only rows that are seen are drawn. */
export function renderWatch(view: WatchView, size: ScreenSize, style: ScreenStyle): RenderedScreen {
  const chalk = new Chalk({ level: style.colour ? 1 : 0 });
  const layout = layOut(size.width, view.selection.column);
  const rows = selectRows(view.services, view.selection);
  const has = (line: keyof typeof smallestHeight): boolean => size.height >= smallestHeight[line];
  const frame = Object.values(smallestHeight).filter((height) => size.height >= height).length;
  const room = size.height - frame;
  const offset = Math.max(0, Math.min(view.offset, rows.length - room));
  const seen = rows.slice(offset, offset + room);
  const lines = [
    ...(has('head') ? [chalk.bold(fit(headLine(view, offset, seen.length, rows.length), size.width))] : []),
    ...(has('totals') ? [fit(totalsLine(view), size.width)] : []),
    ...(has('titles') ? [chalk.inverse(fit(titleLine(layout, view.selection), size.width))] : []),
    ...seen.map((row) => rowLine(row, layout, size.width, style, chalk)),
    ...Array.from({ length: room - seen.length }, () => ''),
    ...(has('foot') ? [chalk.inverse(fit(footLine(view), size.width))] : []),
  ];
  return { lines, rows: rows.length, room };
}

interface Layout {
  readonly columns: readonly WatchColumn[];
  readonly nameWidth: number;
  readonly sparkWidth: number;
  readonly history: WatchColumn['history'];
}

const shortestName = 24;
const longestName = 48;
const shortestSpark = 8;
/** A narrower screen has no history. */
const narrowestWithSpark = 70;
const longestSpark = 30;
/** Before each line: its mark, and the arrow of a server. */
const markWidth = 2;
const arrow = '-> ';

/** Leaves columns out until the name and the history have room, and gives what is left to the history. */
function layOut(width: number, sortColumn: WatchColumn): Layout {
  let columns = watchColumns.filter((column) => column.width > 0);
  const needed = (): number => columns.reduce((sum, column) => sum + column.width + 1, 0);
  const fixed = markWidth + shortestName + (width < narrowestWithSpark ? 0 : shortestSpark + 1);
  while (columns.length > 0 && fixed + needed() > width) {
    const spare = Math.max(...columns.map((column) => column.spare));
    const last = columns.findLastIndex((column) => column.spare === spare);
    columns = columns.filter((_, index) => index !== last);
  }
  let left = width - markWidth - needed();
  const sparkWidth =
    left - shortestName - 1 >= shortestSpark ? Math.min(left - shortestName - 1, longestSpark) : 0;
  if (sparkWidth > 0) left -= sparkWidth + 1;
  const nameWidth = Math.max(0, Math.min(left, sparkWidth === longestSpark ? left : longestName));
  return { columns, nameWidth, sparkWidth, history: sortColumn.history };
}

function headLine(
  { host, time, interval, paused, notice }: WatchView,
  offset: number,
  seen: number,
  rows: number,
): string {
  const state = paused ? ', paused' : '';
  const part = rows === seen ? '' : `  lines ${offset + 1}-${offset + seen} of ${rows}`;
  const note = notice === '' ? '' : `  ${notice}`;
  return `ipvsadm watch  ${printableText(host)}  ${time}  every ${interval} s${state}${part}${note}`;
}

function totalsLine({ services }: WatchView): string {
  const here = services.filter(({ row }) => row.mark !== 'gone');
  let servers = 0;
  const total = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
  for (const { row, servers: own } of here) {
    for (const { mark } of own) if (mark !== 'gone') servers++;
    addRates(total, row.rates);
  }
  return (
    `services ${here.length}  servers ${servers}  conn/s ${shortNumber(total.connections)}` +
    `  pkt/s ${shortNumber(total.inPackets)} in ${shortNumber(total.outPackets)} out` +
    `  byte/s ${shortNumber(total.inBytes)} in ${shortNumber(total.outBytes)} out`
  );
}

function addRates(total: { -readonly [K in keyof Rates]: number }, rates: Rates): void {
  total.connections += rates.connections;
  total.inPackets += rates.inPackets;
  total.outPackets += rates.outPackets;
  total.inBytes += rates.inBytes;
  total.outBytes += rates.outBytes;
}

const historyTitles: Readonly<Record<WatchColumn['history'], string>> = {
  connections: 'conn/s',
  packets: 'pkt/s',
  bytes: 'byte/s',
};

function titleLine(layout: Layout, { column, reversed }: Selection): string {
  const titleOf = ({ key, title }: WatchColumn): string =>
    key === column.key ? `${reversed ? '^' : 'v'}${title}` : title;
  const [name] = watchColumns;
  const cells = layout.columns.map((each) => titleOf(each).slice(0, each.width).padStart(each.width));
  const nameTitle = (name === undefined ? '' : titleOf(name)).padEnd(layout.nameWidth);
  const spark = layout.sparkWidth === 0 ? [] : [historyTitles[layout.history].padEnd(layout.sparkWidth)];
  return `${' '.repeat(markWidth)}${[nameTitle, ...cells, ...spark].join(' ')}`;
}

function rowLine(
  { row, isServer }: SelectedRow,
  { columns, nameWidth, sparkWidth, history }: Layout,
  width: number,
  { unicode }: ScreenStyle,
  chalk: ChalkInstance,
): string {
  const name = cut(`${isServer ? arrow : ''}${printableText(row.name)}`, nameWidth).padEnd(nameWidth);
  const cells = columns.map((column) =>
    cut(printableText(column.text(row)), column.width).padStart(column.width),
  );
  if (sparkWidth > 0) cells.push(sparkline(row.history(history), sparkWidth, unicode));
  const sign = (row.mark === undefined ? '' : markSigns[row.mark]).padEnd(markWidth);
  return lineStyle(row.mark, isServer, row.weight, chalk)(fit(`${sign}${[name, ...cells].join(' ')}`, width));
}

function lineStyle(
  mark: Mark | undefined,
  isServer: boolean,
  weight: number,
  chalk: ChalkInstance,
): (text: string) => string {
  if (mark === 'new') return chalk.green;
  if (mark === 'gone') return chalk.red;
  if (mark === 'changed') return chalk.yellow;
  if (!isServer) return chalk.bold;
  return weight === 0 ? chalk.dim : (text) => text;
}

function footLine({ typing, selection }: WatchView): string {
  if (typing) return `filter: ${printableText(selection.filter)}_   Enter keep  Esc clear`;
  const filter = selection.filter === '' ? '' : `[${printableText(selection.filter)}] `;
  const keys = watchColumns.map(({ key }) => key).join('');
  return `q quit  / filter  ${filter}${keys} sort  r reverse  space pause  arrows  +- interval`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
}

/** Exactly so many characters. */
function fit(text: string, width: number): string {
  return text.slice(0, width).padEnd(width);
}
