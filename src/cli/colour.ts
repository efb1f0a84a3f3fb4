import type { Terminal } from './session.js';

/** Whether standard output gets colours: when a person sees it who does not refuse them (`NO_COLOR`, `TERM=dumb`). */
export function wantsColour({ outputIsTerminal }: Terminal): boolean {
  return outputIsTerminal && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}
