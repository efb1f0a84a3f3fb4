/** Address families by the kernel's numbers (`AF_INET`, `AF_INET6` in `linux/socket.h`). */
export const AddressFamily = { ipv4: 2, ipv6: 10 } as const;
export type AddressFamily = (typeof AddressFamily)[keyof typeof AddressFamily];

/**
 * An IPv4 or IPv6 address as 32-bit words in host order, the first word holding the first four bytes of the
 * address on the wire. An IPv4 address has only `w0`. Immutable; compare with {@link sameAddress}.
 */
export class IpAddress {
  readonly family: AddressFamily;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;

  /** Each word is an unsigned 32-bit number. */
  constructor(family: AddressFamily, w0: number, w1 = 0, w2 = 0, w3 = 0) {
    this.family = family;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
  }

  /** The usual text: dotted IPv4, or IPv6 as `inet_ntop(3)` writes it, without brackets. */
  toString(): string {
    return this.family === AddressFamily.ipv4
      ? ipv4Text(this.w0)
      : ipv6Text(this.w0, this.w1, this.w2, this.w3);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** `0.0.0.0` */
export const ipv4Unspecified = new IpAddress(AddressFamily.ipv4, 0);
/** `::` */
export const ipv6Unspecified = new IpAddress(AddressFamily.ipv6, 0);

/** Whether both are the same address of the same family. */
export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.w0 === b.w0 && a.w3 === b.w3 && a.w1 === b.w1 && a.w2 === b.w2 && a.family === b.family;
}

/** Whether an address is in 224.0.0.0/4 or ff00::/8 (RFC 1112, RFC 4291). */
export function isMulticast(address: IpAddress): boolean {
  return address.family === AddressFamily.ipv4 ? address.w0 >>> 28 === 0xe : address.w0 >>> 24 === 0xff;
}

/** Dotted text of an IPv4 address given as an unsigned 32-bit number in host order. */
export function ipv4Text(word: number): string {
  const high = word >>> 16;
  if (high !== latestHigh) {
    latestHigh = high;
    latestPrefix = `${high >>> 8}.${high & 255}.`;
  }
  return `${latestPrefix}${(word >>> 8) & 255}.${word & 255}`;
}

/** Addresses of one network come one after the other: the first half's text is kept. */
let latestHigh = -1;
let latestPrefix = '';

function ipv6Text(w0: number, w1: number, w2: number, w3: number): string {
  const groups = [
    w0 >>> 16,
    w0 & 0xffff,
    w1 >>> 16,
    w1 & 0xffff,
    w2 >>> 16,
    w2 & 0xffff,
    w3 >>> 16,
    w3 & 0xffff,
  ];
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8;) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
    start = end + 1;
  }
  if (bestStart === 0 && (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff))) {
    return `${bestLength === 6 ? '::' : '::ffff:'}${ipv4Text(w3)}`;
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return bestStart < 0 ? hex(0, 8) : `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`;
}

/**
 * Reads an IPv4 address in any form of `inet_aton(3)`: one to four parts, decimal, octal (`0`) or hexadecimal
 * (`0x`), the last part filling the remaining bytes; anything after a blank is ignored as the C library does.
 */
export function parseInetAton(text: string): IpAddress | undefined {
  const blank = text.search(/[ \t\n\v\f\r]/);
  const parts = (blank < 0 ? text : text.slice(0, blank)).split('.');
  if (parts.length > 4) return undefined;
  let word = 0;
  for (let i = 0; i < parts.length; i++) {
    const value = parseCInteger(parts[i] ?? '');
    const last = i === parts.length - 1;
    if (value === undefined || value > (last ? 2 ** (8 * (5 - parts.length)) - 1 : 255)) return undefined;
    word += last ? value : value * 2 ** (24 - 8 * i);
  }
  return new IpAddress(AddressFamily.ipv4, word);
}

function parseCInteger(text: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9][0-9]*$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Reads a dotted IPv4 address of four decimal parts, as `inet_pton(3)` does. */
export function parseIpv4(text: string): IpAddress | undefined {
  const word = dottedWord(text, text.length);
  return word === undefined ? undefined : new IpAddress(AddressFamily.ipv4, word);
}

/** The number that the first `end` characters are as a dotted IPv4 address of four decimal parts. */
export function dottedWord(text: string, end: number): number | undefined {
  let word = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (digits === 0 || ++dots > 3) return undefined;
      word = word * 256 + part;
      part = 0;
      digits = 0;
    } else {
      if (code < zero || code > nine || (digits > 0 && part === 0)) return undefined;
      part = part * 10 + code - zero;
      digits++;
      if (part > 255) return undefined;
    }
  }
  return dots === 3 && digits > 0 ? word * 256 + part : undefined;
}

/** Reads an IPv6 address as `inet_pton(3)` does: no brackets, no zone, an IPv4 tail allowed. */
export function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text === '') return undefined;
  const head = parseIpv6Groups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseIpv6Groups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (i: number): number => (groups[i] ?? 0) * 0x10000 + (groups[i + 1] ?? 0);
  return new IpAddress(AddressFamily.ipv6, word(0), word(2), word(4), word(6));
}

function parseIpv6Groups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const words = text.split(':');
  const groups: number[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (/^[0-9a-fA-F]{1,4}$/.test(word)) {
      groups.push(Number.parseInt(word, 16));
    } else {
      const embedded = mayEndInIpv4 && i === words.length - 1 ? parseIpv4(word) : undefined;
      if (embedded === undefined) return undefined;
      groups.push(embedded.w0 >>> 16, embedded.w0 & 0xffff);
    }
  }
  return groups;
}

/** Reads a dotted IPv4 or an IPv6 address; the strict forms of `inet_pton(3)` only. */
export function parseAddress(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}
