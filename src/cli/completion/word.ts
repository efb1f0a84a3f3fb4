import type { Scannable, Spellings } from '../popt.js';
import type { WordArgument, WordOption, WordRow } from '../words.js';
import { continuing, noCompletion, type Candidate, type Completion } from './candidate.js';
import { findCursor, type Cursor } from './cursor.js';
import type { LiveTable } from './live.js';
import { serviceNamed } from './service.js';
import { plain, valuesOf } from './values.js';

/** An option of a word, its spelling taken apart. */
interface Row extends Scannable {
  readonly short: string | undefined;
  readonly long: string;
  readonly valueName: string | undefined;
  readonly option: WordOption;
}

/** What can stand in place of the last of the words after a word of ipvsadm. */
export async function completeWord(
  word: WordRow,
  words: readonly string[],
  live: LiveTable,
): Promise<Completion> {
  const rows = [...word.options.map(takeApart), takeApart({ flags: '-h, --help', help: 'show help' })];
  const cursor = findCursor(words, spellingsOf(rows));
  if (cursor === undefined) return noCompletion;
  const { valueOf, typed, prefix } = cursor;
  if (valueOf !== undefined) {
    const values = await optionValues(valueOf, cursor, live);
    // Several selectors stand with commas between.
    const complete = valueOf.valueName === 'selector' ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
    const found = continuing(
      values.map((value) => ({ ...value, word: prefix + complete + value.word })),
      prefix + typed,
    );
    return { ...found, files: prefix === '' && valueOf.valueName === 'file' };
  }
  if (typed.startsWith('-')) return continuing(optionsLeft(rows, cursor), typed);
  const argument = argumentAt(word.args, cursor.wordsBefore);
  if (argument !== undefined) {
    const found = continuing(plain(argument.choices ?? []), typed);
    return { ...found, files: argument.name === 'file' };
  }
  return continuing(typed === '' ? optionsLeft(rows, cursor) : [], typed);
}

/** Takes a spelling of commander apart: `-t, --tcp-service <host:port>`, `--drain [seconds]`. */
function takeApart(option: WordOption): Row {
  const match = /^(?:-(?<short>\w), )?--(?<long>[\w-]+)(?: (?<value>[<[].+[>\]]))?$/.exec(option.flags);
  const { short, long, value } = match?.groups ?? {};
  return {
    short,
    long: long ?? option.flags,
    valueName: value?.slice(1, -1),
    option,
    ...(value === undefined ? {} : { value: value.startsWith('[') ? { optional: true } : {} }),
  };
}

function spellingsOf(rows: readonly Row[]): Spellings<Row> {
  const short: (Row | undefined)[] = [];
  for (const row of rows) if (row.short !== undefined) short[row.short.charCodeAt(0)] = row;
  return { short, long: new Map(rows.map((row) => [row.long, row])) };
}

async function optionValues(
  { long, option }: Row,
  { before }: Cursor<Row>,
  live: LiveTable,
): Promise<readonly Candidate[]> {
  if (option.choices !== undefined) return plain(option.choices);
  const given = new Map(before.map(({ row, value }) => [row.long, value]));
  return valuesOf(long, {
    live,
    service: serviceNamed(given),
    adding: false,
    scheduler: given.get('scheduler'),
  });
}

function optionsLeft(rows: readonly Row[], { before, typed }: Cursor<Row>): Candidate[] {
  const given = new Set(before.map(({ row }) => row));
  return rows
    .filter((row) => !given.has(row) || row.option.repeatable === true)
    .map(({ short, long, option }) => ({
      word: short !== undefined && typed === '-' ? `-${short}` : `--${long}`,
      help: option.help,
    }));
}

function argumentAt(args: readonly WordArgument[], position: number): WordArgument | undefined {
  const last = args.at(-1);
  return args[position] ?? (last?.variadic === true ? last : undefined);
}
