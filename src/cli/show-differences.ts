import { differenceJson, differenceText, type AllDifferences } from '../output/difference.js';
import { wantsColour } from './colour.js';
import type { Terminal } from './session.js';
import type { WordValues } from './words.js';

/** Prints differences as `--json` and the terminal want them. */
export function showDifferences(terminal: Terminal, { options }: WordValues, all: AllDifferences): void {
  if (options.has('json')) {
    const pieces = differenceJson(all, { pretty: options.has('pretty') });
    for (const piece of pieces) terminal.write(piece);
    return;
  }
  terminal.write(differenceText(all, { colour: wantsColour(terminal) }));
}
