import { IpvsadmError } from '../netlink/errors.js';

/** A place in a text; lines and columns (characters) count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** The place of a character of a text, by its index. */
export function placeOf(text: string, index: number): SourcePlace {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', lineStart)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: Array.from(text.slice(lineStart, index)).length + 1 };
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
