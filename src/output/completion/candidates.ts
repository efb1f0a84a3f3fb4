/** The line that stands for file names, which the shell completes by itself. */
export const filesLine = ':files';

/** Candidates for the scripts of the shells: a line each, the word and what it is with a tab between. */
export function candidateLines(
  candidates: readonly { readonly word: string; readonly help: string }[],
  files: boolean,
): string {
  let text = '';
  for (const { word, help } of candidates) text += help === '' ? `${word}\n` : `${word}\t${help}\n`;
  return files ? `${text}${filesLine}\n` : text;
}
