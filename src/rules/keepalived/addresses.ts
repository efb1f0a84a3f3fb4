import { AddressFamily, IpAddress, parseAddress } from '../../ipvs/address.js';

/** Most addresses that one range may mean. */
const largestRange = 65_536;

type Words = readonly [number, number, number, number];

/**
 * The addresses of an entry of a group: one, `10.0.0.1-9`, `fd00::1-a`, `10.0.0.250-10.0.1.3`, `10.0.0.8/29`.
 * Undefined where it is none of these or means too many.
 */
export function addressRange(text: string): readonly IpAddress[] | undefined {
  const [head = '', tail] = text.split(/[-/]/, 2);
  const first = parseAddress(head);
  if (first === undefined || tail === undefined) return first === undefined ? undefined : [first];
  return text.includes('/') ? prefixRange(first, tail) : lastRange(first, tail);
}

function prefixRange(first: IpAddress, text: string): readonly IpAddress[] | undefined {
  const bits = first.family === AddressFamily.ipv4 ? 32 : 128;
  const prefix = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  if (prefix < bits - 16 || prefix > bits) return undefined;
  const count = 2 ** (bits - prefix);
  const low = lowWord(first);
  return consecutive(first, low - (low % count), count);
}

function lastRange(first: IpAddress, text: string): readonly IpAddress[] | undefined {
  const low = lowWord(first);
  const last = parseAddress(text);
  if (last !== undefined) {
    const alike = last.family === first.family && sameHead(words(first), words(last));
    return alike ? consecutive(first, low, lowWord(last) - low + 1) : undefined;
  }
  const isIpv4 = first.family === AddressFamily.ipv4;
  if (!(isIpv4 ? /^\d{1,3}$/ : /^[0-9a-fA-F]{1,4}$/).test(text)) return undefined;
  const unit = isIpv4 ? 0x100 : 0x10000;
  const end = Number.parseInt(text, isIpv4 ? 10 : 16);
  return end < unit ? consecutive(first, low, low - (low % unit) + end - low + 1) : undefined;
}

function consecutive(base: IpAddress, low: number, count: number): readonly IpAddress[] | undefined {
  if (count < 1 || count > largestRange) return undefined;
  const { family, w0, w1, w2 } = base;
  return Array.from({ length: count }, (_, i) =>
    family === AddressFamily.ipv4
      ? new IpAddress(family, low + i)
      : new IpAddress(family, w0, w1, w2, low + i),
  );
}

function lowWord({ family, w0, w3 }: IpAddress): number {
  return family === AddressFamily.ipv4 ? w0 : w3;
}

function words({ family, w0, w1, w2, w3 }: IpAddress): Words {
  return family === AddressFamily.ipv4 ? [0, 0, 0, w0] : [w0, w1, w2, w3];
}

function sameHead(a: Words, b: Words): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
