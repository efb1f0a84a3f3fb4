import type { WordRow } from '../words.js';
import { continuing, type Completion } from './candidate.js';
import { completeClassic } from './classic.js';
import type { LiveTable } from './live.js';
import { completeWord } from './word.js';

/** What can stand in place of the last of the words after the program's name. */
export async function complete(
  words: readonly string[],
  wordRows: readonly WordRow[],
  live: LiveTable,
): Promise<Completion> {
  const [first = '', ...rest] = words;
  const word = rest.length > 0 ? wordRows.find(({ name }) => name === first) : undefined;
  if (word !== undefined) return completeWord(word, rest, live);
  const classic = await completeClassic(words, live);
  if (rest.length > 0) return classic;
  const named = wordRows.map(({ name, help }) => ({ word: name, help }));
  return { ...classic, candidates: [...continuing(named, first).candidates, ...classic.candidates] };
}
