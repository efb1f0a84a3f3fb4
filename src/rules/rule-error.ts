import { IpvsadmError } from '../netlink/errors.js';

/** A place in a text; lines and columns (characters) count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** The places of the characters of a text, by their index. */
export class TextPlaces {
  readonly #text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of a character, from 1. */
  line(index: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  place(index: number): SourcePlace {
    const line = this.line(index);
    const start = this.#starts()[line - 1] ?? 0;
    return { line, column: Array.from(this.#text.slice(start, index)).length + 1 };
  }

  #starts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1))
        starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}

/** A rule file is not what it should be. The message begins with the place. */
export class RuleError extends IpvsadmError {
  readonly place: SourcePlace;
  /** The message without the place. */
  readonly reason: string;

  constructor(place: SourcePlace, reason: string) {
    super('ERR_RULES', `line ${place.line}, column ${place.column}: ${reason}`);
    this.place = place;
    this.reason = reason;
  }
}
