import { UsageError } from '../errors.js';
import { OptionScanner, type Scannable, type Spellings } from '../popt.js';

// No word of a command line has a zero byte.
const mark = '\0';

/** What the word under the cursor is part of. */
export interface Cursor<Row extends Scannable> {
  /** The options before it with their values, in order. */
  readonly before: readonly { readonly row: Row; readonly value: string | undefined }[];
  /** How many words that are no options stand before it. */
  readonly wordsBefore: number;
  /** The option whose value it is, or may be where the value can be left out. */
  readonly valueOf: Row | undefined;
  /** The part of the word that the value comes after: `--tcp-service=`, `-At`; empty for a word of its own. */
  readonly prefix: string;
  /** The value, or the word, as typed so far. */
  readonly typed: string;
}

/** Finds out where in a command line the last word stands; undefined where a word before it makes no sense. */
export function findCursor<Row extends Scannable>(
  words: readonly string[],
  spellings: Spellings<Row>,
): Cursor<Row> | undefined {
  const current = words.at(-1) ?? '';
  const previous = words.slice(0, -1);
  const attached = current.startsWith('-') ? scan([...previous, current + mark], spellings) : undefined;
  const found =
    attached?.valueOf === undefined || !mayAttach(current) ? scan([...previous, mark], spellings) : attached;
  if (found === undefined) return undefined;
  const typed = found === attached ? attached.typed : current;
  return { ...found, typed, prefix: current.slice(0, current.length - typed.length) };
}

/** Two dashes alone begin a long option; with an equals sign its value follows. */
function mayAttach(current: string): boolean {
  return !current.startsWith('--') || current.includes('=');
}

function scan<Row extends Scannable>(
  words: readonly string[],
  spellings: Spellings<Row>,
): Omit<Cursor<Row>, 'prefix'> | undefined {
  const scanner = new OptionScanner(words, spellings);
  const before: { row: Row; value: string | undefined }[] = [];
  let valueOf: Row | undefined;
  let typed = '';
  try {
    for (let row = scanner.next(); row !== undefined; row = scanner.next()) {
      const { value } = scanner;
      if (value?.endsWith(mark) === true) {
        valueOf = row;
        typed = value.slice(0, -1);
      } else {
        before.push({ row, value });
      }
    }
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
  const wordsBefore = scanner.words.filter((word) => !word.endsWith(mark)).length;
  return { before, wordsBefore, valueOf, typed };
}
