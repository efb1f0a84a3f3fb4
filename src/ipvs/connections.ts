import { IpvsadmError } from '../netlink/errors.js';
import { AddressFamily, IpAddress } from './address.js';
import { openProcFile } from './proc-file-node.js';
import { blank, colon, hexValue, minus, newline } from './proc-text.js';

/** Where the kernel lists the connections of the reader's network namespace. */
export const connectionsFile = '/proc/net/ip_vs_conn';

const blockSize = 65_536;
const pageSize = 4096;

/** A connection that IPVS keeps track of, or the template of a persistent client. */
export interface Connection {
  /** As the kernel calls it: `TCP`, `UDP`, `SCTP`, `IP` for a template of a firewall mark, … */
  readonly protocol: string;
  readonly client: IpAddress;
  /** 0 for templates. */
  readonly clientPort: number;
  readonly virtual: IpAddress;
  readonly virtualPort: number;
  readonly destination: IpAddress;
  readonly destinationPort: number;
  /** As the kernel calls it, like `ESTABLISHED`. */
  readonly state: string;
  /** Seconds until the entry goes if nothing comes; below 0 when an old kernel is late to remove it. */
  readonly expires: number;
  /** Name of the persistence engine that found the connection, empty if none. */
  readonly persistenceEngine: string;
  /** What the engine knows it by; comes from the client and may have blanks. Empty if none. */
  readonly persistenceData: string;
}

/**
 * The connections in the kernel's order, in blocks of some hundreds. Memory stays bounded however many there
 * are. Throws `IpvsadmError` with the code of the system error when the file can't be opened or read.
 */
export function* connectionBlocks(file = connectionsFile): Generator<readonly Connection[], void, undefined> {
  const parser = new ConnectionParser();
  for (const piece of connectionText(file)) {
    const block = parser.parse(piece);
    if (block.length > 0) yield block;
  }
  const rest = parser.end();
  if (rest.length > 0) yield rest;
}

/**
 * The kernel's list itself, in pieces of whole lines; only the last line may lack its end. A piece is valid until the
 * next one is asked for. Throws as {@link connectionBlocks} does.
 */
export function* connectionText(file = connectionsFile): Generator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(blockSize);
  const list = attempt(`cannot open file ${file}`, () => openProcFile(file));
  try {
    let filled = 0;
    for (;;) {
      const size = attempt(`unexpected input from ${file}`, () => list.read(buffer, filled));
      filled += size;
      // The kernel hands out about a page at a time, and less only when there is no room for it.
      if (size > 0 && blockSize - filled >= pageSize) continue;
      const end = buffer.lastIndexOf(newline, filled - 1) + 1;
      if (size === 0) {
        if (filled > 0) yield buffer.subarray(0, filled);
        return;
      }
      // An endless line is not kept: it is no entry.
      if (end > 0) yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, filled);
      filled = end > 0 ? filled - end : 0;
    }
  } finally {
    list.close();
  }
}

/** The connections one by one; see {@link connectionBlocks}, which is cheaper for many. */
export async function* connections(file = connectionsFile): AsyncGenerator<Connection, void, undefined> {
  for (const block of connectionBlocks(file)) {
    yield* block;
    // Others get their turn between blocks.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function attempt<T>(refusal: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ERR_FILE';
    throw new IpvsadmError(code, refusal, { cause });
  }
}

/**
 * Makes entries from the bytes of the kernel's list, in pieces of any size. The first line, the title, is
 * skipped; lines that are no entries are skipped and counted.
 */
export class ConnectionParser {
  /** Lines that could not be understood. */
  malformed = 0;
  #carry: Uint8Array = new Uint8Array(0);
  #titleSeen = false;
  #bytes: Uint8Array = this.#carry;
  #at = 0;
  #lineEnd = 0;
  #faults = 0;
  readonly #words = new Map<number, string>();

  /** The entries that are complete with these bytes. They may be changed afterwards. */
  parse(piece: Uint8Array): Connection[] {
    const carried = this.#carry.length > 0;
    const bytes = carried ? Buffer.concat([this.#carry, piece]) : piece;
    const entries: Connection[] = [];
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(newline, start);
      if (end < 0) break;
      this.#line(bytes, start, end, entries);
      start = end + 1;
    }
    // An endless line is not kept: it is no entry.
    if (bytes.length - start > blockSize) start = bytes.length;
    this.#carry = new Uint8Array(bytes.subarray(start));
    return entries;
  }

  /** The entry of a last line without a line end, if there is one. */
  end(): Connection[] {
    const entries: Connection[] = [];
    const rest = this.#carry;
    this.#carry = new Uint8Array(0);
    if (rest.length > 0) this.#line(rest, 0, rest.length, entries);
    return entries;
  }

  #line(bytes: Uint8Array, start: number, end: number, entries: Connection[]): void {
    if (!this.#titleSeen) {
      this.#titleSeen = true;
      return;
    }
    this.#bytes = bytes;
    this.#at = start;
    this.#lineEnd = end;
    this.#faults = 0;
    const protocol = this.#word();
    const client = this.#address();
    const clientPort = this.#port();
    const virtual = this.#address();
    const virtualPort = this.#port();
    const destination = this.#address();
    const destinationPort = this.#port();
    const state = this.#word();
    const expires = this.#seconds();
    if (this.#faults > 0) {
      this.malformed++;
      return;
    }
    this.#skipBlanks();
    const more = this.#at < end;
    const persistenceEngine = more ? this.#word() : '';
    if (more && this.#at < end) this.#at++;
    const persistenceData = more ? this.#rest() : '';
    entries.push({
      protocol,
      client,
      clientPort,
      virtual,
      virtualPort,
      destination,
      destinationPort,
      state,
      expires,
      persistenceEngine,
      persistenceData,
    });
  }

  #skipBlanks(): void {
    while (this.#at < this.#lineEnd && this.#bytes[this.#at] === blank) this.#at++;
  }

  /** The byte at the reading place; -1 where a word ends. */
  #peek(): number {
    if (this.#at >= this.#lineEnd) return -1;
    const byte = this.#bytes[this.#at] ?? blank;
    return byte === blank ? -1 : byte;
  }

  /** Few different words stand in thousands of lines: each is made into a string once. */
  #word(): string {
    this.#skipBlanks();
    const start = this.#at;
    let hash = 7;
    for (let byte = this.#peek(); byte >= 0; byte = this.#peek()) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      this.#at++;
    }
    const length = this.#at - start;
    if (length === 0) this.#faults++;
    const known = this.#words.get(hash);
    if (known !== undefined && this.#same(known, start, length)) return known;
    const word = text(this.#bytes, start, this.#at);
    if (this.#words.size < 1000) this.#words.set(hash, word);
    return word;
  }

  #same(word: string, start: number, length: number): boolean {
    if (word.length !== length) return false;
    for (let i = 0; i < length; i++) {
      if (word.charCodeAt(i) !== this.#bytes[start + i]) return false;
    }
    return true;
  }

  #rest(): string {
    return text(this.#bytes, this.#at, this.#lineEnd);
  }

  /** Up to `most` hexadecimal digits. */
  #hex(most: number): number {
    let value = 0;
    let digits = 0;
    for (; digits < most; digits++) {
      const byte = this.#peek();
      const digit = hexValue(byte);
      if (digit < 0) break;
      value = value * 16 + digit;
      this.#at++;
    }
    if (digits === 0) this.#faults++;
    return value;
  }

  #wordEnd(): void {
    if (this.#peek() !== -1) this.#faults++;
  }

  #port(): number {
    this.#skipBlanks();
    const port = this.#hex(4);
    this.#wordEnd();
    return port;
  }

  /** Eight digits, or eight groups of four with colons between. */
  #address(): IpAddress {
    this.#skipBlanks();
    const start = this.#at;
    const first = this.#hex(8);
    if (this.#peek() !== colon) {
      if (this.#at - start !== 8) this.#faults++;
      this.#wordEnd();
      return new IpAddress(AddressFamily.ipv4, first);
    }
    const w0 = first * 0x10000 + this.#group();
    const w1 = this.#group() * 0x10000 + this.#group();
    const w2 = this.#group() * 0x10000 + this.#group();
    const w3 = this.#group() * 0x10000 + this.#group();
    if (first > 0xffff) this.#faults++;
    this.#wordEnd();
    return new IpAddress(AddressFamily.ipv6, w0, w1, w2, w3);
  }

  #group(): number {
    if (this.#peek() === colon) this.#at++;
    else this.#faults++;
    return this.#hex(4);
  }

  /** Old kernels print a late timer as a huge unsigned number: the low 32 bits have the sign. */
  #seconds(): number {
    this.#skipBlanks();
    const negative = this.#peek() === minus;
    if (negative) this.#at++;
    let value = 0;
    let digits = 0;
    for (let byte = this.#peek(); byte >= 0x30 && byte <= 0x39; byte = this.#peek()) {
      value = (Math.imul(value, 10) + byte - 0x30) | 0;
      digits++;
      this.#at++;
    }
    if (digits === 0) this.#faults++;
    this.#wordEnd();
    return negative ? -value | 0 : value;
  }
}

const decoder = new TextDecoder();

function text(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
