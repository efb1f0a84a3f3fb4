import { UnresolvedHost, type NameLookup } from '../names/lookup.js';
import { UsageError } from './errors.js';
import { parseCommandLine, spellings } from './parse.js';
import { OptionScanner } from './popt.js';

/** The column of a word of a rule, by its place among the words that count, in characters from 1. */
export function wordColumn(line: string, index: number): number {
  let left = index;
  for (const { 0: word, index: start } of line.matchAll(/[^ \t\r]+/g)) {
    if (word === 'ipvsadm') continue;
    if (left-- === 0) return Array.from(Buffer.from(line.slice(0, start), 'latin1').toString()).length + 1;
  }
  return 1;
}

/** The place, among the words of a rule, of the one that its mistake is about. */
export function mistakenWord(words: readonly string[], mistake: UsageError, names: NameLookup): number {
  if (mistake.group !== undefined) return wordOfGroup(words, mistake.group);
  // What the shortest beginning of the rule with the same mistake ends with, is at fault.
  for (let length = 1; length < words.length; length++) {
    if (mistakeIn(words.slice(0, length), names) === mistake.message) return length - 1;
  }
  return words.length - 1;
}

function mistakeIn(words: readonly string[], names: NameLookup): string | undefined {
  try {
    parseCommandLine(words, 'ipvsadm', names);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    if (!(error instanceof UnresolvedHost)) throw error;
  }
  return undefined;
}

/** The last option of a group; the command where there is none. */
function wordOfGroup(words: readonly string[], group: string): number {
  let found = 0;
  let scanned = 0;
  const scanner = new OptionScanner(words, spellings);
  for (let row = scanner.next(); row !== undefined; row = scanner.next()) {
    scanned = words.indexOf(scanner.typed, scanned);
    if ('group' in row && row.group === group) found = scanned;
  }
  return found;
}
