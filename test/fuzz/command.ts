import { shellQuote } from '../lab/lab.ts';

/** A command line of ipvsadm. Words and input are strings of bytes. */
export interface FuzzCommand {
  readonly words: readonly string[];
  /** Standard input; empty if not given. */
  readonly input?: string;
}

/** Commands that run one after the other on an empty table. */
export type FuzzSequence = readonly FuzzCommand[];

/** A command as a line of bash that runs the program `ipvsadm`. */
export function shellLine({ words, input }: FuzzCommand): string {
  const call = ['ipvsadm', ...words.map(quoteBytes)].join(' ');
  return input === undefined ? `${call} </dev/null` : `printf %s ${quoteBytes(input)} | ${call}`;
}

/** A string of bytes as a word that bash reads back unchanged, in printable ASCII. */
function quoteBytes(word: string): string {
  if (/^[\w.,:=@%+/-]+$/.test(word)) return word;
  if (/^[ -~]*$/.test(word)) return shellQuote(word);
  const escaped = word.replace(/[^ -~]|['\\]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped}'`;
}
