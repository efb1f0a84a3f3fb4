import { UsageError, ExitStatus } from './errors.js';

/** What the scanner needs to know of an option: whether a value follows, and whether it may be left out. */
export interface Scannable {
  readonly value?: { readonly optional?: true };
}

/** The spellings of options. */
export interface Spellings<Row extends Scannable> {
  /** By character code of the letter. */
  readonly short: readonly (Row | undefined)[];
  readonly long: ReadonlyMap<string, Row>;
}

/** Whether the first word that is no option ends the options, as popt has it. */
const wordsEndOptions = ['POSIXLY_CORRECT', 'POSIX_ME_HARDER'].some(
  (name) => process.env[name] !== undefined,
);

/**
 * Walks a command line as popt does: letters in bundles, `-tV`, `-t=V`, `-t V`, `--long V`, `--long=V`, words that
 * are no options collected on the side, everything after `--` a word. Call {@link next} until it gives undefined.
 */
export class OptionScanner<Row extends Scannable> {
  /** Words seen so far that are no options. */
  readonly words: string[] = [];
  /** The value of the option that {@link next} gave last. */
  value: string | undefined;
  /** The option that {@link next} gave last, as typed: the whole word. */
  typed = '';
  /** The word that {@link next} read last: the option, or its value where that is a word of its own. */
  lastWord = '';
  readonly #arguments: readonly string[];
  readonly #spellings: Spellings<Row>;
  #position = 0;
  /** Where in the bundle of letters `typed` the next letter stands; 0 when there is none. */
  #letter = 0;
  #onlyWords = false;

  constructor(args: readonly string[], spellings: Spellings<Row>) {
    this.#arguments = args;
    this.#spellings = spellings;
  }

  /** The next option, or undefined at the end. Throws {@link UsageError} for what popt refuses. */
  next(): Row | undefined {
    this.value = undefined;
    if (this.#letter > 0) return this.#shortOption();
    while (this.#position < this.#arguments.length) {
      const word = this.#arguments[this.#position++] ?? '';
      if (this.#onlyWords || word.length < 2 || word.charCodeAt(0) !== 45) {
        this.words.push(word);
        this.#onlyWords ||= wordsEndOptions;
      } else if (word === '--') {
        this.#onlyWords = true;
      } else {
        this.typed = word;
        this.lastWord = word;
        if (word.charCodeAt(1) === 45) return this.#longOption(word);
        this.#letter = 1;
        return this.#shortOption();
      }
    }
    return undefined;
  }

  #longOption(word: string): Row {
    const equals = word.indexOf('=', 2);
    const row = this.#spellings.long.get(equals < 0 ? word.slice(2) : word.slice(2, equals));
    if (row === undefined) throw this.#trouble('unknown option');
    this.#takeValue(row, equals < 0 ? undefined : word.slice(equals + 1));
    return row;
  }

  #shortOption(): Row {
    const word = this.typed;
    const row = this.#spellings.short[word.charCodeAt(this.#letter)];
    if (row === undefined) throw this.#trouble('unknown option');
    const rest = ++this.#letter;
    if (row.value === undefined && word.charCodeAt(rest) !== 61) {
      if (rest === word.length) this.#letter = 0;
      return row;
    }
    this.#letter = 0;
    const attached =
      rest === word.length ? undefined : word.slice(word.charCodeAt(rest) === 61 ? rest + 1 : rest);
    this.#takeValue(row, attached);
    return row;
  }

  #takeValue(row: Row, attached: string | undefined): void {
    if (row.value === undefined) {
      if (attached !== undefined) throw this.#trouble('option does not take an argument');
      return;
    }
    this.value = attached ?? this.#followingValue(row.value.optional === true);
  }

  #followingValue(optional: boolean): string | undefined {
    const next = this.#arguments[this.#position];
    if (optional && (next === undefined || next.startsWith('-'))) return undefined;
    if (next === undefined) throw this.#trouble('missing argument');
    this.#position++;
    this.lastWord = next;
    return next;
  }

  #trouble(what: string): UsageError {
    return new UsageError(`${this.typed}: ${what}`, ExitStatus.refused);
  }
}
