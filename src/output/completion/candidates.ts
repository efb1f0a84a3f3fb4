import { printableText } from '../printable-text.js';

/** The line that stands for file names, which the shell completes by itself. */
export const filesLine = ':files';

/** Words that no shell takes for more than a word: names of interfaces may be anything. */
const harmless = /^[\w@%+:=,./[\]-]+$/;

/**
 * Candidates for the scripts of the shells: a line each, the word and what it is with a tab between. Shells put words
 * on the command line as they are, so one that a shell would take for a command or a pattern is left out.
 */
export function candidateLines(
  candidates: readonly { readonly word: string; readonly help: string }[],
  files: boolean,
): string {
  let text = '';
  for (const { word, help } of candidates) {
    if (!harmless.test(word)) continue;
    text += help === '' ? `${word}\n` : `${word}\t${printableText(help)}\n`;
  }
  return files ? `${text}${filesLine}\n` : text;
}
