import type { Samples } from './measure.ts';
import { programNames, type ProgramName } from './programs.ts';
import { median } from './statistics.ts';

/** How many times faster than the reference each program is to be at least. */
export interface Goal {
  readonly node?: number;
  readonly standalone?: number;
}

/** A line of the table: what was done, and the median seconds of each program. */
export interface Row {
  readonly work: string;
  readonly seconds: Partial<Record<ProgramName, number>>;
  readonly goal?: Goal | undefined;
}

/** The medians, less those of `start` where only the work counts. */
export function rowOf(work: string, samples: Samples, goal?: Goal, start: Samples = {}): Row {
  const seconds = Object.entries(samples).map(([name, sample]) => {
    const before = start[name as ProgramName]?.seconds;
    return [name, median(sample.seconds) - (before === undefined ? 0 : median(before))];
  });
  return { work, seconds: Object.fromEntries(seconds) as Row['seconds'], goal };
}

/** How many times faster than the reference. */
function ratio({ seconds }: Row, name: ProgramName): number | undefined {
  const own = seconds[name];
  return seconds.reference === undefined || own === undefined ? undefined : seconds.reference / own;
}

/** The rows as a Markdown table. */
export function tableText(rows: readonly Row[]): string {
  const head = ['work', ...programNames, 'R node', 'R stand-alone'];
  const lines = rows.map((row) => [
    row.work,
    ...programNames.map((name) => secondsText(row.seconds[name])),
    ratioText(ratio(row, 'node'), row.goal?.node),
    ratioText(ratio(row, 'standalone'), row.goal?.standalone),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  );
  const format = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [format(head), rule, ...lines.map(format)].join('\n');
}

function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '' : seconds.toFixed(3);
}

function ratioText(value: number | undefined, goal: number | undefined): string {
  if (value === undefined) return '';
  const text = value.toFixed(value < 10 ? 2 : 1);
  return goal === undefined ? text : `${text} (${goal}${value >= goal ? '' : ', missed'})`;
}
