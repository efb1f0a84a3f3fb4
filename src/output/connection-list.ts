import { ConnectionParser, type Connection } from '../ipvs/connections.js';
import { blank, colon, hexGroup, newline, zero } from '../ipvs/proc-text.js';
import { connectionLine } from './connections.js';
import { numericNames } from './entry-names.js';
import { TextBuffer } from './text-buffer.js';
import { putBlanks, putEndpoint, putNumber } from './text-bytes.js';

// The columns of the kernel's line, counted from the end of the protocol: three times a blank, eight digits of an
// address, a blank and four of a port; then a blank and the state.
const endpointLength = 14;
const stateColumn = 3 * endpointLength + 1;

const protocolWidth = 3;
const expiryWidth = 6;
const stateWidth = 11;
const endpointWidth = 18;

// What is longer goes the long way. A time of ten digits may not fit in 32 bits.
const longestProtocol = 8;
const mostDigits = 9;
/** More than the text of any line that is made byte by byte. */
const lineRoom = 160;

/**
 * Makes the numeric connection listing, without the columns of the persistence engine, from the bytes of the kernel's
 * list. IPv4 lines are made byte by byte; others, and lines that are no entries, go by way of
 * {@link ConnectionParser} and {@link connectionLine}.
 */
export class ConnectionList {
  readonly #parser = new ConnectionParser();
  #titleSeen = false;
  readonly #text = new TextBuffer();
  #faulty = false;

  /** The text of the entries in a piece of the list, which is to be of whole lines; valid until the next call. */
  text(piece: Uint8Array): Uint8Array {
    const text = this.#text;
    text.length = 0;
    let at = this.#titleSeen ? 0 : this.#otherLine(piece, 0);
    this.#titleSeen = true;
    while (at < piece.length) {
      text.makeRoom(lineRoom, 2 * piece.length);
      const next = this.#commonLine(piece, at);
      at = next > 0 ? next : this.#otherLine(piece, at);
    }
    return text.written();
  }

  /** The text of a last line without a line end, if there is one. */
  end(): Uint8Array {
    this.#text.length = 0;
    this.#put(this.#parser.end());
    return this.#text.written();
  }

  /** Appends the text of a line, and returns where the next one begins; 0 if the line is not of the common form. */
  #commonLine(bytes: Uint8Array, start: number): number {
    let protocolEnd = start;
    while ((bytes[protocolEnd] ?? 0) > blank) protocolEnd++;
    const columns = Math.max(protocolEnd, start + protocolWidth);
    const stateStart = columns + stateColumn;
    let stateEnd = stateStart;
    while ((bytes[stateEnd] ?? 0) > blank) stateEnd++;
    let end = stateEnd;
    while (bytes[end] === blank) end++;
    const firstDigit = end;
    let seconds = 0;
    for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, ++end)) {
      seconds = 10 * seconds + digit;
    }
    if (
      bytes[end] !== newline ||
      end === firstDigit ||
      end - firstDigit > mostDigits ||
      stateEnd === stateStart ||
      stateEnd - stateStart > stateWidth ||
      protocolEnd === start ||
      protocolEnd - start > longestProtocol
    ) {
      return 0;
    }

    const out = this.#text.bytes;
    let to = this.#text.length;
    for (let from = start; from < protocolEnd; from++) out[to++] = bytes[from] ?? 0;
    this.#faulty = bytes[stateStart - 1] !== blank;
    for (let from = protocolEnd; from < columns; from++) {
      if (bytes[from] !== blank) this.#faulty = true;
      out[to++] = blank;
    }
    out[to++] = blank;
    to = putExpiry(out, to, seconds);
    const stateStop = to + stateWidth;
    for (let from = stateStart; from < stateEnd; from++) out[to++] = bytes[from] ?? 0;
    to = putBlanks(out, to, stateStop);
    out[to++] = blank;
    let stop = to + endpointWidth;
    to = putBlanks(out, this.#putEndpoint(bytes, columns, to), stop);
    out[to++] = blank;
    stop = to + endpointWidth;
    to = putBlanks(out, this.#putEndpoint(bytes, columns + endpointLength, to), stop);
    out[to++] = blank;
    to = this.#putEndpoint(bytes, columns + 2 * endpointLength, to);
    out[to++] = newline;
    if (this.#faulty) return 0;
    this.#text.length = to;
    return end + 1;
  }

  /** Writes `address:port` from the digits at a place, and returns the place behind. */
  #putEndpoint(bytes: Uint8Array, at: number, to: number): number {
    const out = this.#text.bytes;
    const high = hexGroup(bytes, at + 1);
    const low = hexGroup(bytes, at + 5);
    const port = hexGroup(bytes, at + 10);
    if ((high | low | port) < 0 || bytes[at] !== blank || bytes[at + 9] !== blank) {
      this.#faulty = true;
      return to;
    }
    return putEndpoint(out, to, (high << 16) | low, port);
  }

  /** Appends the text of a line of any form, and returns where the next one begins. */
  #otherLine(bytes: Uint8Array, start: number): number {
    const found = bytes.indexOf(newline, start);
    const next = found < 0 ? bytes.length : found + 1;
    this.#put(this.#parser.parse(bytes.subarray(start, next)));
    return next;
  }

  #put(entries: readonly Connection[]): void {
    for (const entry of entries) this.#text.put(connectionLine(entry, false, numericNames));
  }
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] ?? 0) - zero;
  return digit <= 9 ? digit : -1;
}

/** Writes `MM:SS` in a column of six, and the blank behind it. */
function putExpiry(out: Uint8Array, at: number, seconds: number): number {
  const minutes = (seconds / 60) >>> 0;
  const rest = seconds - 60 * minutes;
  let to = at;
  if (minutes < 10) out[to++] = zero;
  to = putNumber(out, to, minutes);
  out[to++] = colon;
  if (rest < 10) out[to++] = zero;
  to = putBlanks(out, putNumber(out, to, rest), at + expiryWidth);
  out[to++] = blank;
  return to;
}
