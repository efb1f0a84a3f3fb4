import { closeSync, openSync, readSync } from 'node:fs';
import { AddressFamily, IpAddress } from './address.js';
import { Forwarding, Protocol, type DestinationSummary, type ServiceKey } from './model.js';

/** Where the kernel lists the table of the reader's network namespace. */
const tableFile = '/proc/net/ip_vs';
const blockSize = 1 << 16;

const newline = 0x0a;
const blank = 0x20;
const colon = 0x3a;
const minus = 0x2d;
const leftBracket = 0x5b;

/** The value of a hexadecimal digit by its character code; 16 for what is none. */
const hexValues = new Uint8Array(256).fill(16);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValues[text.charCodeAt(0)] = digit;
  hexValues[text.toUpperCase().charCodeAt(0)] = digit;
}

/** Forwarding methods by the character code of their first letter in the file. */
const forwardingByLetter: readonly (number | undefined)[] = Object.entries({
  M: Forwarding.masquerade,
  L: Forwarding.local,
  T: Forwarding.tunnel,
  R: Forwarding.route,
}).reduce<number[]>((table, [letter, method]) => {
  table[letter.charCodeAt(0)] = method;
  return table;
}, []);

const protocolNames: Readonly<Record<number, string>> = {
  [Protocol.tcp]: 'TCP',
  [Protocol.udp]: 'UDP',
  [Protocol.sctp]: 'SCTP',
};

/**
 * Reads the kernel's list of the table, which is much cheaper than asking for the servers of each service. Undefined
 * where it can't be read or is not understood.
 */
export function readTableFile(file = tableFile): TableFile | undefined {
  const bytes = readWhole(file);
  return bytes === undefined ? undefined : TableFile.parse(bytes);
}

/** The servers by service, as the kernel listed them in one pass. */
export class TableFile {
  /** Undefined where two services are listed alike. */
  readonly #servers: ReadonlyMap<string, DestinationSummary[] | undefined>;

  private constructor(servers: ReadonlyMap<string, DestinationSummary[] | undefined>) {
    this.#servers = servers;
  }

  /** Reads the file's bytes; undefined where a line is not understood. */
  static parse(bytes: Uint8Array): TableFile | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const servers = new Map<string, DestinationSummary[] | undefined>();
    const reader = new LineReader(bytes);
    let at = 0;
    for (let line = 0; line < titleLines; line++) at = bytes.indexOf(newline, at) + 1;
    while (at < bytes.length) {
      const end = bytes.indexOf(newline, at);
      if (end < 0 || bytes[at] === blank) return undefined;
      const name = serviceName(text.toString('latin1', at, end));
      const rows: DestinationSummary[] = [];
      reader.at = end + 1;
      while (bytes[reader.at] === blank) rows.push(reader.destination());
      if (reader.failed) return undefined;
      servers.set(name, servers.has(name) ? undefined : rows);
      at = reader.at;
    }
    return new TableFile(servers);
  }

  /**
   * The servers of a service, in the kernel's order. Undefined where the file does not tell for certain: the service
   * is not in it, or is not the only one that it calls so.
   */
  destinations(key: ServiceKey): readonly DestinationSummary[] | undefined {
    return this.#servers.get(nameOf(key));
  }
}

const titleLines = 3;

/** What a service's line begins with and tells it from others: protocol, address and port, or the mark. */
function serviceName(line: string): string {
  return line.slice(0, line.indexOf(' ', line.lastIndexOf('  ', 5) + 2));
}

/** A service's name as {@link serviceName} finds it; the family of a mark is not in it. */
function nameOf({ family, protocol, address, port, fwmark }: ServiceKey): string {
  if (fwmark !== 0) return `FWM  ${hex(fwmark, 8)}`;
  const host =
    family === AddressFamily.ipv4
      ? hex(address.w0, 8)
      : `[${[address.w0, address.w1, address.w2, address.w3].map(groups).join(':')}]`;
  return `${protocolNames[protocol] ?? ''}  ${host}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function groups(word: number): string {
  const text = word.toString(16).padStart(8, '0');
  return `${text.slice(0, 4)}:${text.slice(4)}`;
}

/** Reads the lines of servers one after the other. */
class LineReader {
  at = 0;
  failed = false;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** `  -> ADDRESS:PORT FORWARD WEIGHT ACTIVE INACTIVE`, the numbers decimal. */
  destination(): DestinationSummary {
    const bytes = this.#bytes;
    this.at += 5;
    const address = bytes[this.at] === leftBracket ? this.#ipv6() : this.#ipv4();
    this.#expect(colon);
    const port = this.#hex();
    let at = this.at;
    while (bytes[at] === blank) at++;
    const forwarding = forwardingByLetter[bytes[at] ?? 0];
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
    const bytes = this.#bytes;
    const { at } = this;
    const a = hexValues[bytes[at] ?? 0] ?? 16;
    const b = hexValues[bytes[at + 1] ?? 0] ?? 16;
    const c = hexValues[bytes[at + 2] ?? 0] ?? 16;
    const d = hexValues[bytes[at + 3] ?? 0] ?? 16;
    if ((a | b | c | d) > 15) this.failed = true;
    this.at = at + 4;
    return (a << 12) | (b << 8) | (c << 4) | d;
  }

  #decimal(): number {
    const bytes = this.#bytes;
    let { at } = this;
    while (bytes[at] === blank) at++;
    const negative = bytes[at] === minus;
    if (negative) at++;
    const start = at;
    let value = 0;
    for (let digit = (bytes[at] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - 0x30) {
      value = value * 10 + digit;
      at++;
    }
    if (at === start) this.failed = true;
    this.at = at;
    return negative ? -value : value;
  }
}

function readWhole(file: string): Uint8Array | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const blocks: Uint8Array[] = [];
    let block = Buffer.allocUnsafeSlow(blockSize);
    let filled = 0;
    for (;;) {
      const size = readSync(descriptor, block, filled, blockSize - filled, null);
      if (size === 0) break;
      filled += size;
      if (filled < blockSize) continue;
      blocks.push(block);
      block = Buffer.allocUnsafeSlow(blockSize);
      filled = 0;
    }
    const last = block.subarray(0, filled);
    return blocks.length === 0 ? last : Buffer.concat([...blocks, last]);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
