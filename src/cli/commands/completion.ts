import { candidateLines } from '../../output/completion/candidates.js';
import { completionScripts, shells } from '../../output/completion/scripts.js';
import { complete } from '../completion/complete.js';
import { KernelTable } from '../completion/live.js';
import { ExitStatus, UsageError } from '../errors.js';
import type { RunWord } from '../words.js';

/** `ipvsadm completion`: a script for a shell, or the candidates that the scripts ask for. */
export const run: RunWord = async ({ terminal, openOptions, words: wordRows }, { args }) => {
  const [what, ...words] = args;
  const shell = shells.find((name) => name === what);
  if (shell === undefined) {
    const live = new KernelTable(openOptions);
    const { candidates, files } = await complete(words.length === 0 ? [''] : words, wordRows, live);
    await live.close();
    terminal.write(candidateLines(candidates, files));
  } else if (words.length > 0) {
    throw new UsageError(`ipvsadm completion ${shell}: nothing may follow`);
  } else {
    terminal.write(completionScripts[shell]);
  }
  return ExitStatus.ok;
};
