import { blank, colon, hexGroup, hexValues, minus, newline } from '../ipvs/proc-text.js';
import { forwardingByLetter, shortestRow } from '../ipvs/table-file.js';
import type { TextBuffer } from './text-buffer.js';
import { dot, greater, octetTexts, putNumber } from './text-bytes.js';

// The kernel's line: `  -> C0000201:0050      Masq    1      0          0         `. What follows the port is what
// ipvsadm prints but for the width of the blanks before it.
const addressColumn = 5;
const addressEnd = 13;
const portColumn = 14;
const forwardingColumn = 24;
/** Columns of the line that is made of it. */
const serverColumn = 5;
const tailColumn = 34;
const lineWidth = shortestRow + tailColumn - forwardingColumn;
/** A port has up to five digits, and a colon before it. */
const portWidth = 6;
/** The lowest number of 32 bits: with their first bit turned, addresses compare as numbers with a sign. */
const lowest = -(2 ** 31);

/**
 * Makes the lines of the numeric plain listing of a service whose servers are all IPv4, have lines of the least width
 * and stand in ipvsadm's order or its reverse, as they do as a rule.
 */
export class EvenLines {
  readonly #bytes: Uint8Array;
  readonly #text: TextBuffer;
  /** The latest port, and its text. */
  #port = -1;
  readonly #portText = new Uint8Array(portWidth).fill(colon);
  #portLength = 0;

  /** `bytes` are those of the kernel's list; what is made of them is appended to `text`. */
  constructor(bytes: Uint8Array, text: TextBuffer) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /**
   * Appends the servers whose lines lie from `start` to `end`, in the order in which ipvsadm lists them, or in the
   * kernel's. False, and nothing is appended, for those that are otherwise than said.
   */
  put(start: number, end: number, sorted: boolean): boolean {
    const count = (end - start) / shortestRow;
    if (!Number.isInteger(count)) return false;
    const text = this.#text;
    text.makeRoom(count * (lineWidth + shortestRow));
    const out = text.bytes;
    // The kernel's lines stand behind the room for those that are made of them.
    const rows = text.length + count * lineWidth;
    out.set(this.#bytes.subarray(start, end), rows);
    const last = rows + end - start - shortestRow;
    const rise = sorted ? addressOf(out, last) - addressOf(out, rows) : 0;
    // Of addresses that are farther apart the order is none.
    if (Math.abs(rise) >= 2 ** 31) return false;
    if (!this.#make(rise < 0 ? last : rows, count, sorted, rise < 0)) return false;
    text.length = rows;
    return true;
  }

  /**
   * Makes the lines of so many servers, from the one at a place on or, if addresses fall, back. One
   * function does it all: each that becomes hot is compiled, and that costs a short process more than its work.
   */
  #make(first: number, count: number, sorted: boolean, falls: boolean): boolean {
    const out = this.#text.bytes;
    const step = falls ? -shortestRow : shortestRow;
    const leastPortRise = falls ? 1 : 0;
    let line = this.#text.length;
    let addressBefore = lowest;
    let portBefore = -1;
    for (let left = count, row = first; left > 0; left--, row += step, line += lineWidth) {
      let to = line + serverColumn;
      let address = 0;
      for (let from = row + addressColumn; from < row + addressEnd; from += 2) {
        const octet = ((hexValues[out[from] ?? 0] ?? -1) << 4) | (hexValues[out[from + 1] ?? 0] ?? -1);
        if (octet < 0) return false;
        const entry = 4 * octet;
        out[to] = octetTexts[entry + 1] ?? 0;
        out[to + 1] = octetTexts[entry + 2] ?? 0;
        out[to + 2] = octetTexts[entry + 3] ?? 0;
        to += octetTexts[entry] ?? 0;
        out[to++] = dot;
        address = (address << 8) | octet;
      }
      const port =
        ((hexValues[out[row + portColumn] ?? 0] ?? -1) << 12) |
        ((hexValues[out[row + portColumn + 1] ?? 0] ?? -1) << 8) |
        ((hexValues[out[row + portColumn + 2] ?? 0] ?? -1) << 4) |
        (hexValues[out[row + portColumn + 3] ?? 0] ?? -1);
      if (port < 0) return false;
      if (port !== this.#port) this.#spell(port);
      // The colon takes the place of the last dot.
      to--;
      for (let i = 0; i < this.#portLength; i++) out[to++] = this.#portText[i] ?? 0;
      while (to < line + tailColumn) out[to++] = blank;
      out[line] = blank;
      out[line + 1] = blank;
      out[line + 2] = minus;
      out[line + 3] = greater;
      out[line + 4] = blank;
      const tail = row + forwardingColumn;
      if (
        out[row] !== blank ||
        out[row + addressEnd] !== colon ||
        out[tail - 1] !== blank ||
        forwardingByLetter[out[tail] ?? 0] === undefined ||
        out[row + shortestRow - 1] !== newline
      ) {
        return false;
      }
      out.copyWithin(line + tailColumn, tail, row + shortestRow);
      if (!sorted) continue;
      address ^= lowest;
      if (address < addressBefore || (address === addressBefore && port - portBefore < leastPortRise))
        return false;
      addressBefore = address;
      portBefore = port;
    }
    return true;
  }

  #spell(port: number): void {
    this.#port = port;
    this.#portLength = putNumber(this.#portText, 1, port);
  }
}

/** The address in a line. */
function addressOf(bytes: Uint8Array, row: number): number {
  return hexGroup(bytes, row + addressColumn) * 0x10000 + hexGroup(bytes, row + addressColumn + 4);
}
