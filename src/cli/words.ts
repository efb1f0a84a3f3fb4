import type { OpenOptions } from '../ipvs/client.js';
import type { Session, Terminal } from './session.js';
import { directorWordRows } from './director-words.js';
import { tableWordRows } from './table-words.js';

/** An argument of a word: taken in order. */
export interface WordArgument {
  readonly name: string;
  readonly optional?: true;
  readonly variadic?: true;
  readonly choices?: readonly string[];
  readonly help: string;
}

/** An option of a word, in the spelling of commander: `-t, --tcp-service <host:port>`, `--drain [seconds]`. */
export interface WordOption {
  readonly flags: string;
  readonly help: string;
  /** May come more than once; its value is then a list. */
  readonly repeatable?: true;
  /** Its value may be left out, and stands behind `=` where there is one: the next word is never taken for it. */
  readonly attached?: true;
  readonly choices?: readonly string[];
}

/** What stood on the command line after a word. Options by long name, as typed, without the dashes. */
export interface WordValues {
  readonly args: readonly string[];
  /** The text of a value, true where none was given, a list for repeatable options. */
  readonly options: ReadonlyMap<string, string | true | readonly string[]>;
}

/** What a word works with. */
export interface WordContext {
  readonly terminal: Terminal;
  readonly name: string;
  readonly openOptions: OpenOptions;
  /** Every word there is. */
  readonly words: readonly WordRow[];
  /** Reaches the kernel for the time of an action, and gives the action's exit status. */
  readonly withSession: (action: (session: Session) => Promise<number>) => Promise<number>;
}

/** Runs a word and gives the exit status. Throws `CommandError`. */
export type RunWord = (context: WordContext, values: WordValues) => Promise<number>;

/** A command that the original does not have: a word where it never accepted one. */
export interface WordRow {
  readonly name: string;
  readonly help: string;
  readonly args: readonly WordArgument[];
  readonly options: readonly WordOption[];
  /** Its code, loaded only when it runs. */
  readonly load: () => Promise<{ readonly run: RunWord }>;
}

/** Every word, in the order of the help text. */
export const wordRows: readonly WordRow[] = [...tableWordRows, ...directorWordRows];

/** The word of this name. */
export function findWord(name: string | undefined): WordRow | undefined {
  return name === undefined ? undefined : wordRows.find((row) => row.name === name);
}
