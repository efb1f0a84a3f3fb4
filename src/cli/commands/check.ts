import { ExitStatus } from '../errors.js';
import { sourceExcerpt } from '../../output/source-excerpt.js';
import { printable } from '../printable.js';
import { moreMistakes, parseTableText, readTableText, troubleText } from '../table-file.js';
import type { RunWord } from '../words.js';

/** Troubles shown of one file; a file of another kind has one in every line. */
const mostShown = 20;

/** `ipvsadm check`: reads a file without the kernel, and shows each mistake in its line. */
export const run: RunWord = async ({ terminal }, { args: [path = '-'] }) => {
  const source = await readTableText(terminal, path);
  const { errors } = await parseTableText(source);
  const lines = source.text.split('\n');
  for (const error of errors.slice(0, mostShown)) {
    const { line, column } = error.place;
    terminal.writeError(
      `${troubleText(source, error)}\n${sourceExcerpt(printable(lines[line - 1] ?? ''), column)}`,
    );
  }
  if (errors.length > mostShown) terminal.writeError(`and ${moreMistakes(errors, mostShown)}\n`);
  return errors.length === 0 ? ExitStatus.ok : ExitStatus.usage;
};
