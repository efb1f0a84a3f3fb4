import { AddressFamily, IpAddress } from './address.js';
import { Forwarding, Protocol, type DestinationSummary, type ServiceKey } from './model.js';
import { readProcFile } from './proc-file.js';
import { blank, colon, hexGroup, leftBracket, minus, newline, zero } from './proc-text.js';

/** Where the kernel lists the table of the reader's network namespace. */
const tableFile = '/proc/net/ip_vs';
const titleLines = 3;
/** No line of a server is shorter: its columns have fixed widths at least. */
export const shortestRow = 61;

/** Forwarding methods by the character code of their first letter in the file; undefined for other letters. */
export const forwardingByLetter: readonly (number | undefined)[] = Object.entries({
  M: Forwarding.masquerade,
  L: Forwarding.local,
  T: Forwarding.tunnel,
  R: Forwarding.route,
}).reduce<number[]>((table, [letter, method]) => {
  table[letter.charCodeAt(0)] = method;
  return table;
}, []);

/** The forwarding method that the file calls by a word with this first letter; undefined for none. */
export function forwardingCalled(letter: number | undefined): number | undefined {
  return forwardingByLetter[letter ?? 0];
}

const protocolNames: Readonly<Record<number, string>> = {
  [Protocol.tcp]: 'TCP',
  [Protocol.udp]: 'UDP',
  [Protocol.sctp]: 'SCTP',
};
/** P and W: each line of a service has one of them in its first word, lines of servers have neither. */
const serviceLetters = [0x50, 0x57];

/**
 * Reads the kernel's list of the table, which is much cheaper than asking for the servers of each service. Undefined
 * where it can't be read, is not understood, or does not have just these services in this order, which is that of the
 * kernel's other listing.
 */
export function readTableFile(services: readonly ServiceKey[], file = tableFile): TableFile | undefined {
  const bytes = readProcFile(file);
  return bytes === undefined ? undefined : TableFile.parse(bytes, services);
}

/** The servers by service, as the kernel listed them in one pass. */
export class TableFile {
  readonly bytes: Uint8Array;
  /** For each service where the lines of its servers begin and end; negative where two services are listed alike. */
  readonly #places: Int32Array;

  private constructor(bytes: Uint8Array, places: Int32Array) {
    this.bytes = bytes;
    this.#places = places;
  }

  /** Finds the services' lines in the file's bytes; undefined where they are not those of the file. */
  static parse(file: Buffer, services: readonly ServiceKey[]): TableFile | undefined {
    // A buffer's own search checks and converts more than it searches here.
    const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length);
    const places = new Int32Array(2 * services.length);
    let at = 0;
    for (let line = 0; line < titleLines; line++) at = bytes.indexOf(newline, at) + 1;
    for (let index = 0; index < services.length; index++) {
      const service = services[index] as ServiceKey;
      if (!isLineOf(service, bytes, at)) return undefined;
      at = bytes.indexOf(newline, at) + 1;
      if (at === 0) return undefined;
      places[2 * index] = at;
      at = serversEnd(bytes, at, services[index + 1]);
      if (at < 0) return undefined;
      places[2 * index + 1] = at;
    }
    if (at !== bytes.length) return undefined;
    forgetMarksOfBothFamilies(places, services);
    return new TableFile(bytes, places);
  }

  /**
   * Where the lines of a service's servers begin in the file, by the service's place among those that it was read
   * for; negative where the file does not tell for certain.
   */
  start(index: number): number {
    return this.#places[2 * index] ?? -1;
  }

  /** Where they end. */
  end(index: number): number {
    return this.#places[2 * index + 1] ?? -1;
  }

  /** The servers of a service, in the kernel's order; undefined where the file does not tell for certain. */
  destinations(index: number): DestinationSummary[] | undefined {
    const start = this.start(index);
    if (start < 0) return undefined;
    const reader = new LineReader(this.bytes, start);
    const rows: DestinationSummary[] = [];
    while (reader.at < this.end(index)) rows.push(reader.destination());
    return reader.failed ? undefined : rows;
  }
}

/** Where the line of a server ends, the line end included. A line that is shorter than any can be is not told apart. */
export function rowEnd(bytes: Uint8Array, start: number): number {
  let last = start + shortestRow - 1;
  while (last < bytes.length && bytes[last] !== newline) last++;
  return last + 1;
}

/** What the line of a service begins with; undefined if the file has no such lines. */
function serviceWord({ fwmark, protocol }: ServiceKey): string | undefined {
  return fwmark === 0 ? protocolNames[protocol] : 'FWM';
}

/** Whether a line of the file begins with what tells this service from others; the family of a mark is not in it. */
function isLineOf(service: ServiceKey, bytes: Uint8Array, at: number): boolean {
  const { family, address, port, fwmark } = service;
  let place = at;
  const name = serviceWord(service);
  if (name === undefined) return false;
  for (let i = 0; i < name.length; i++) if (bytes[place++] !== name.charCodeAt(i)) return false;
  if (bytes[place++] !== blank || bytes[place++] !== blank) return false;
  if (fwmark !== 0) return hexWord(bytes, place) === fwmark && bytes[place + 8] === blank;
  if (family === AddressFamily.ipv4) {
    if (hexWord(bytes, place) !== address.w0) return false;
    place += 8;
  } else {
    const { w0, w1, w2, w3 } = address;
    for (const word of [w0, w1, w2, w3]) {
      for (const group of [word >>> 16, word & 0xffff]) {
        // A bracket or a colon stands before each group.
        if (hexGroup(bytes, place + 1) !== group) return false;
        place += 5;
      }
    }
    place++;
  }
  return bytes[place] === colon && hexGroup(bytes, place + 1) === port && bytes[place + 5] === blank;
}

/**
 * Where the lines of servers end that begin at a place: where one begins that can be the next service's, or at the end
 * of the file; negative if neither is there. Lines of other services between them are not understood as servers.
 */
function serversEnd(bytes: Uint8Array, from: number, next: ServiceKey | undefined): number {
  if (next === undefined) {
    return serviceLetters.some((letter) => bytes.includes(letter, from)) ? -1 : bytes.length;
  }
  const word = serviceWord(next) ?? '';
  for (const letter of serviceLetters) {
    const column = word.indexOf(String.fromCharCode(letter));
    if (column >= 0) return bytes.indexOf(letter, from) - column;
  }
  return -1;
}

function hexWord(bytes: Uint8Array, at: number): number {
  const high = hexGroup(bytes, at);
  const low = hexGroup(bytes, at + 4);
  return (high | low) < 0 ? -1 : high * 0x10000 + low;
}

function forgetMarksOfBothFamilies(places: Int32Array, services: readonly ServiceKey[]): void {
  const firstByMark = new Map<number, number>();
  for (let index = 0; index < services.length; index++) {
    const { fwmark } = services[index] as ServiceKey;
    if (fwmark === 0) continue;
    const first = firstByMark.get(fwmark);
    if (first === undefined) firstByMark.set(fwmark, index);
    else places[2 * first] = places[2 * index] = -1;
  }
}

/** Reads the lines of servers one after the other. */
class LineReader {
  at: number;
  failed = false;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** `  -> ADDRESS:PORT FORWARD WEIGHT ACTIVE INACTIVE`, the numbers decimal. */
  destination(): DestinationSummary {
    const bytes = this.#bytes;
    this.#expect(blank);
    this.at += 4;
    const address = bytes[this.at] === leftBracket ? this.#ipv6() : this.#ipv4();
    this.#expect(colon);
    const port = this.#hex();
    let at = this.at;
    while (bytes[at] === blank) at++;
    const forwarding = forwardingCalled(bytes[at]);
    if (forwarding === undefined) this.failed = true;
    while ((bytes[at] ?? blank) > blank) at++;
    this.at = at;
    const row = {
      address,
      port,
      forwarding: forwarding ?? 0,
      weight: this.#decimal(),
      activeConnections: this.#decimal(),
      inactiveConnections: this.#decimal(),
    };
    while (bytes[this.at] === blank) this.at++;
    this.#expect(newline);
    return row;
  }

  #ipv4(): IpAddress {
    const high = this.#hex();
    return new IpAddress(AddressFamily.ipv4, high * 0x10000 + this.#hex());
  }

  #ipv6(): IpAddress {
    this.at++;
    const w0 = this.#hex() * 0x10000 + this.#group();
    const w1 = this.#group() * 0x10000 + this.#group();
    const w2 = this.#group() * 0x10000 + this.#group();
    const w3 = this.#group() * 0x10000 + this.#group();
    this.at++;
    return new IpAddress(AddressFamily.ipv6, w0, w1, w2, w3);
  }

  #group(): number {
    this.#expect(colon);
    return this.#hex();
  }

  #expect(byte: number): void {
    if (this.#bytes[this.at] !== byte) this.failed = true;
    this.at++;
  }

  /** Four hexadecimal digits. */
  #hex(): number {
    const value = hexGroup(this.#bytes, this.at);
    if (value < 0) this.failed = true;
    this.at += 4;
    return value;
  }

  #decimal(): number {
    const bytes = this.#bytes;
    let { at } = this;
    while (bytes[at] === blank) at++;
    const negative = bytes[at] === minus;
    if (negative) at++;
    const start = at;
    let value = 0;
    for (let digit = (bytes[at] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - zero) {
      value = value * 10 + digit;
      at++;
    }
    if (at === start) this.failed = true;
    this.at = at;
    return negative ? -value : value;
  }
}
