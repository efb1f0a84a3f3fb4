import type { CounterRow, RuleRow } from '../ipvs/destination-rows.js';
import { newline, zero } from '../ipvs/proc-text.js';
import { counter } from './classic.js';
import type { TextBuffer } from './text-buffer.js';
import { putEndpoint, putNumber, putNumberBefore, putText } from './text-bytes.js';

// Lines of IPv4 servers in numbers, made byte by byte; the formats are those of classic.ts and rules.ts.

const arrow = '  -> ';
const serverWidth = 28;
const counterWidth = 9;
const counters = 5;
/** A line without its server and its counters. */
const blankLine = Buffer.from(`${arrow.padEnd(arrow.length + serverWidth + counters * counterWidth)}\n`);
/** More than any line made here, but for the options of its service; a counter in full has up to 21 bytes. */
const lineRoom = 256;
/** From here on counters are shortened, or need more than their column. */
const firstLongCounter = 100_000_000;

/** Makes the lines of servers with their counters or rates. */
export class CounterLines {
  readonly #text: TextBuffer;
  readonly #exact: boolean;
  readonly #exactCounts: boolean;

  /** Appends to `text`. Counters are in full if `exact`; the first three rates are always. */
  constructor(text: TextBuffer, name: 'stats' | 'rate', exact: boolean) {
    this.#text = text;
    this.#exact = exact;
    this.#exactCounts = exact || name === 'rate';
  }

  put(row: CounterRow): void {
    const text = this.#text;
    text.makeRoom(lineRoom);
    const out = text.bytes;
    out.set(blankLine, text.length);
    const server = text.length + arrow.length;
    putEndpoint(out, server, row.w0, row.port);
    const end = server + serverWidth;
    if (row.largest < firstLongCounter) {
      putNumberBefore(out, end + counterWidth, row.first);
      putNumberBefore(out, end + 2 * counterWidth, row.second);
      putNumberBefore(out, end + 3 * counterWidth, row.third);
      putNumberBefore(out, end + 4 * counterWidth, row.fourth);
      putNumberBefore(out, end + 5 * counterWidth, row.fifth);
      text.length += blankLine.length;
    } else {
      text.length = putText(out, end, this.#longCounters(row));
    }
  }

  #longCounters({ first, second, third, fourth, fifth }: CounterRow): string {
    const counts = [first, second, third].map((value) => counter(BigInt(value), this.#exactCounts));
    const bytes = [fourth, fifth].map((value) => counter(BigInt(value), this.#exact));
    return `${counts.join('')}${bytes.join('')}\n`;
  }
}

const forwardingTexts = [' -m -w ', ' -g -w ', '', ' -g -w '].map((text) => Buffer.from(text));

/** Makes the rules that add servers. */
export class RuleLines {
  readonly #text: TextBuffer;
  #head = Buffer.alloc(0);

  /** Appends to `text`. */
  constructor(text: TextBuffer) {
    this.#text = text;
  }

  /** The next rules begin with this, `-a -t 10.0.0.1:80 -r `. */
  begin(head: string): void {
    this.#head = Buffer.from(head, 'latin1');
  }

  put(row: RuleRow): void {
    const text = this.#text;
    const head = this.#head;
    text.makeRoom(lineRoom + head.length);
    const out = text.bytes;
    out.set(head, text.length);
    let to = putEndpoint(out, text.length + head.length, row.w0, row.port);
    const forwarding = forwardingTexts[row.forwarding] as Buffer;
    out.set(forwarding, to);
    to += forwarding.length;
    const { weight } = row;
    if (weight >= 0 && weight < 10) out[to++] = zero + weight;
    else to = weight < 0 ? putText(out, to, String(weight)) : putNumber(out, to, weight);
    out[to] = newline;
    text.length = to + 1;
  }
}
