import { blank, colon, minus, zero } from '../ipvs/proc-text.js';

// Text of listings written straight into bytes. Each function writes at a place and returns the place behind.

export const dot = 0x2e;
export const greater = 0x3e;

/** Length and characters of each number up to 255. */
export const octetTexts = new Uint8Array(4 * 256);
// One loop without another in it is over before it would be compiled.
for (let octet = 0; octet < 256; octet++) {
  const entry = 4 * octet;
  const length = octet < 10 ? 1 : octet < 100 ? 2 : 3;
  octetTexts[entry] = length;
  octetTexts[entry + length] = zero + (octet % 10);
  if (length > 1) octetTexts[entry + length - 1] = zero + (((octet / 10) >>> 0) % 10);
  if (length > 2) octetTexts[entry + 1] = zero + ((octet / 100) >>> 0);
}

/**
 * Writes an IPv4 address, a number of 32 bits, and a port. It calls no other function: each that a short process often
 * calls is compiled apart.
 */
export function putEndpoint(out: Uint8Array, at: number, address: number, port: number): number {
  let to = at;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const entry = 4 * ((address >>> shift) & 255);
    out[to] = octetTexts[entry + 1] ?? 0;
    out[to + 1] = octetTexts[entry + 2] ?? 0;
    out[to + 2] = octetTexts[entry + 3] ?? 0;
    to += octetTexts[entry] ?? 0;
    out[to++] = dot;
  }
  out[to - 1] = colon;
  let length = 1;
  for (let limit = 10; port >= limit; limit *= 10) length++;
  let left = port;
  for (let place = to + length - 1; place >= to; place--) {
    const tenth = (left / 10) >>> 0;
    out[place] = zero + left - 10 * tenth;
    left = tenth;
  }
  return to + length;
}

/** Writes a number of up to 32 bits, without sign. */
export function putNumber(out: Uint8Array, at: number, value: number): number {
  const end = at + digitCount(value);
  let left = value;
  let place = end;
  do {
    const tenth = (left / 10) >>> 0;
    place--;
    out[place] = zero + left - 10 * tenth;
    left = tenth;
  } while (place > at);
  return end;
}

/** Writes a number of up to 32 bits, without sign, that ends at a place. */
export function putNumberBefore(out: Uint8Array, end: number, value: number): void {
  let left = value;
  let place = end;
  do {
    const tenth = (left / 10) >>> 0;
    place--;
    out[place] = zero + left - 10 * tenth;
    left = tenth;
  } while (left > 0);
}

function digitCount(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  let count = 6;
  for (let limit = 1_000_000; value >= limit; limit *= 10) count++;
  return count;
}

/** Writes blanks up to a place, none where it is behind. */
export function putBlanks(out: Uint8Array, at: number, stop: number): number {
  let end = at;
  while (end < stop) out[end++] = blank;
  return end;
}

/** Writes what the line of a server begins with. */
export function putArrow(out: Uint8Array, at: number): number {
  out[at] = blank;
  out[at + 1] = blank;
  out[at + 2] = minus;
  out[at + 3] = greater;
  out[at + 4] = blank;
  return at + 5;
}

/** Writes text of ASCII characters. */
export function putText(out: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}
