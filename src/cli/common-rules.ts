import { AddressFamily, IpAddress } from '../ipvs/address.js';
import { destinationWith, serviceWith } from '../ipvs/defaults.js';
import { largestPort } from '../ipvs/limits.js';
import {
  addressService,
  Forwarding,
  Protocol,
  type Destination,
  type Service,
  type ServiceKey,
} from '../ipvs/model.js';
import { destinationPort } from './values.js';

const codeOf = (letter: string): number => letter.charCodeAt(0);

const space = codeOf(' ');
const dash = codeOf('-');
const dot = codeOf('.');
const zero = codeOf('0');
const colon = codeOf(':');
const capitalA = codeOf('A');
const lowerA = codeOf('a');
const lowerR = codeOf('r');
const lowerS = codeOf('s');
const lowerW = codeOf('w');
const lowerZ = codeOf('z');
const lineFeed = 0x0a;
const longestScheduler = 15;
const mostDigits = 9;

const protocols: ReadonlyMap<number | undefined, Protocol> = new Map([
  [codeOf('t'), Protocol.tcp],
  [codeOf('u'), Protocol.udp],
]);
const forwardings: ReadonlyMap<number | undefined, number> = new Map([
  [codeOf('m'), Forwarding.masquerade],
  [codeOf('g'), Forwarding.route],
  [codeOf('i'), Forwarding.tunnel],
]);

/** Where the line that begins at a place ends, its line feed not counted. */
export function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(lineFeed, start);
  return end < 0 ? bytes.length : end;
}

/** What a line does. */
export type CommonRule = 'add-service' | 'add-server';

/**
 * Reads lines of the two forms that saved rules mostly have, by IPv4 address, as `parseCommandLine` reads their words,
 * in a fraction of the time and without the strings of their parts:
 *
 *     -A -t|-u ADDRESS:PORT -s SCHEDULER
 *     -a -t|-u ADDRESS:PORT -r ADDRESS:PORT -g|-i|-m -w WEIGHT
 *
 * What was read stands in the fields until the next line.
 */
export class CommonRules {
  /** The service of the line. Lines that name the same one as the line before have the same object. */
  key: ServiceKey | undefined;
  /** Of a service's line. */
  scheduler = '';
  /** The address of the server as a number. */
  address = 0;
  port = 0;
  forwarding = 0;
  weight = 0;
  readonly #bytes: Uint8Array;
  /** The place of the next byte. */
  #at = 0;
  /** Where the bytes that named the service begin, from the letter of its protocol on. */
  #keyAt = 0;
  #keyLength = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads the line from `start` to `end`. Undefined for one of another form or with a mistake. */
  read(start: number, end: number): CommonRule | undefined {
    const bytes = this.#bytes;
    if (bytes[start] !== dash || bytes[start + 2] !== space || bytes[start + 3] !== dash) return undefined;
    const command = bytes[start + 1];
    if (command !== lowerA && command !== capitalA) return undefined;
    this.#at = start + 4;
    if (!this.#service()) return undefined;
    return command === lowerA ? this.#server(end) : this.#scheduled(end);
  }

  /** The service that a line adds. */
  service(key: ServiceKey): Service {
    return serviceWith(key, { scheduler: this.scheduler });
  }

  /** The server that a line adds. */
  destination(): Destination {
    const { port, forwarding, weight } = this;
    const address = new IpAddress(AddressFamily.ipv4, this.address);
    return destinationWith({ address, port }, { forwarding, weight });
  }

  #scheduled(end: number): CommonRule | undefined {
    const start = this.#option(lowerS);
    if (this.key?.port === 0 || start >= end || end - start > longestScheduler) return undefined;
    let scheduler = '';
    for (let at = start; at < end; at++) {
      const code = this.#bytes[at] as number;
      if (code < lowerA || code > lowerZ) return undefined;
      scheduler += String.fromCharCode(code);
    }
    // The word means nothing wherever it stands in rules.
    if (scheduler === 'ipvsadm') return undefined;
    this.scheduler = scheduler;
    return 'add-service';
  }

  #server(end: number): CommonRule | undefined {
    const { key } = this;
    this.#at = this.#option(lowerR);
    if (key === undefined || !this.#endpoint()) return undefined;
    const bytes = this.#bytes;
    const at = this.#at;
    const forwarding = forwardings.get(bytes[at + 2]);
    if (bytes[at] !== space || bytes[at + 1] !== dash || forwarding === undefined) return undefined;
    this.#at = at + 3;
    this.#at = this.#option(lowerW);
    this.weight = this.#number();
    if (this.weight < 0 || this.#at !== end) return undefined;
    this.forwarding = forwarding;
    this.port = destinationPort(key, forwarding, this.port);
    return 'add-server';
  }

  /** `t ADDRESS:PORT` up to a blank. */
  #service(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    if (this.#isKnownService()) return true;
    const protocol = protocols.get(bytes[start]);
    if (protocol === undefined || bytes[start + 1] !== space) return false;
    this.#at = start + 2;
    if (!this.#endpoint() || bytes[this.#at] !== space) return false;
    this.key = addressService(protocol, new IpAddress(AddressFamily.ipv4, this.address), this.port);
    this.#keyAt = start;
    this.#keyLength = this.#at - start;
    return true;
  }

  /** Whether the bytes from here on name the service of the line before; then goes behind them. */
  #isKnownService(): boolean {
    const bytes = this.#bytes;
    const length = this.#keyLength;
    const at = this.#at;
    const keyAt = this.#keyAt;
    if (length === 0 || bytes[at + length] !== space) return false;
    // Neighbours differ in their last bytes.
    for (let offset = length - 1; offset >= 0; offset--) {
      if (bytes[at + offset] !== bytes[keyAt + offset]) return false;
    }
    this.#at = at + length;
    return true;
  }

  /** Where the value of an option begins, ` -X VALUE`; beyond all bytes if there is another. */
  #option(letter: number): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const isThere =
      bytes[at] === space && bytes[at + 1] === dash && bytes[at + 2] === letter && bytes[at + 3] === space;
    return isThere ? at + 4 : bytes.length;
  }

  /** A dotted IPv4 address of four decimal parts, and a port. */
  #endpoint(): boolean {
    let word = 0;
    for (let part = 0; part < 4; part++) {
      const value = this.#number();
      if (value < 0 || value > 255 || this.#bytes[this.#at] !== (part < 3 ? dot : colon)) return false;
      this.#at++;
      word = word * 256 + value;
    }
    const port = this.#number();
    if (port < 0 || port > largestPort) return false;
    this.address = word;
    this.port = port;
    return true;
  }

  /** A decimal number of at most nine digits without leading zeros; -1 if there is none. */
  #number(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (let digit = bytes[at] as number; digit >= zero && digit < colon; digit = bytes[at] as number) {
      value = value * 10 + digit - zero;
      at++;
    }
    this.#at = at;
    const isGood = at > start && at - start <= mostDigits && (at === start + 1 || bytes[start] !== zero);
    return isGood ? value : -1;
  }
}
