import type { Terminal } from './session.js';

/** Time between two texts, in milliseconds. */
const interval = 100;

/** A line on standard error that says how far long work has come, where a person sees it; nothing elsewhere. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #visible: boolean;
  #last = -Infinity;
  #shown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#visible = terminal.errorIsTerminal;
  }

  /** Shows a text in the place of the one before. */
  show(text: string): void {
    const now = performance.now();
    if (!this.#visible || now - this.#last < interval) return;
    this.#last = now;
    this.#shown = true;
    this.#terminal.writeError(`\r${text}\u001b[K`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown) this.#terminal.writeError('\r\u001b[K');
    this.#shown = false;
    this.#last = -Infinity;
  }
}
