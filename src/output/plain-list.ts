import { destinationOrder, Order, placeAt } from '../ipvs/order.js';
import { blank, colon, hexGroup, newline } from '../ipvs/proc-text.js';
import { forwardingCalled, rowEnd } from '../ipvs/table-file.js';
import { EvenLines } from './even-lines.js';
import type { TextBuffer } from './text-buffer.js';
import { putArrow, putBlanks, putEndpoint } from './text-bytes.js';

// The kernel's line: `  -> C0000201:0050      Masq    1      0          0         `. What follows the port is what
// ipvsadm prints but for the width of the blanks before it.
const addressColumn = 5;
const portColumn = 14;
const forwardingColumn = 24;
const serverWidth = 28;
/** By so many bytes the text is longer than the line. */
const growth = 10;

/** Makes the lines of servers of the numeric plain listing from those of the kernel's list of the table. */
export class PlainList {
  readonly #bytes: Uint8Array;
  readonly #text: TextBuffer;
  /** Of each server: where its line begins, its address and its port. */
  readonly #starts: number[] = [];
  readonly #addresses: number[] = [];
  readonly #ports: number[] = [];
  readonly #even: EvenLines;

  /** `bytes` are those of the kernel's list; what is made of them is appended to `text`. */
  constructor(bytes: Uint8Array, text: TextBuffer) {
    this.#bytes = bytes;
    this.#text = text;
    this.#even = new EvenLines(bytes, text);
  }

  /**
   * Appends the servers whose lines lie from `start` to `end`, in the order in which ipvsadm lists them, or in the
   * kernel's. False if one of them is not IPv4 or not understood; nothing is appended then.
   */
  put(start: number, end: number, sorted: boolean): boolean {
    if (this.#even.put(start, end, sorted)) return true;
    const count = this.#find(start, end);
    if (count < 0) return false;
    const text = this.#text;
    const before = text.length;
    text.makeRoom(end - start + growth * count);
    const order = sorted ? destinationOrder(this.#addresses, this.#ports, count) : Order.asIs;
    for (let i = 0; i < count; i++) {
      const place = placeAt(order, i, count);
      if (this.#line(place, place + 1 < count ? (this.#starts[place + 1] ?? 0) : end)) continue;
      text.length = before;
      return false;
    }
    return true;
  }

  /** Looks the lines through, and returns how many there are; -1 if one is not of an IPv4 server. */
  #find(start: number, end: number): number {
    const bytes = this.#bytes;
    let count = 0;
    for (let at = start; at < end; at = rowEnd(bytes, at)) {
      const high = hexGroup(bytes, at + addressColumn);
      const low = hexGroup(bytes, at + addressColumn + 4);
      const port = hexGroup(bytes, at + portColumn);
      if ((high | low | port) < 0 || bytes[at] !== blank || bytes[at + portColumn - 1] !== colon) return -1;
      this.#starts[count] = at;
      this.#addresses[count] = (high << 16) | low;
      this.#ports[count] = port;
      count++;
    }
    return count;
  }

  /** Appends a server's line; false if its end is not understood. */
  #line(place: number, end: number): boolean {
    const bytes = this.#bytes;
    const out = this.#text.bytes;
    const start = this.#starts[place] ?? 0;
    const address = this.#addresses[place] ?? 0;
    let to = this.#text.length;
    to = putArrow(out, to);
    const stop = to + serverWidth;
    to = putEndpoint(out, to, address, this.#ports[place] ?? 0);
    to = putBlanks(out, to, stop);
    out[to++] = blank;
    let from = start + forwardingColumn;
    if (bytes[from - 1] !== blank || forwardingCalled(bytes[from]) === undefined) return false;
    let byte: number;
    do {
      byte = bytes[from++] ?? 0;
      out[to++] = byte;
    } while (byte >= blank);
    this.#text.length = to;
    return byte === newline && from === end;
  }
}
