import { AddressFamily, parseAddress, type IpAddress } from '../../ipvs/address.js';
import type { Range } from './firewall.js';

/** An address as a number of 32 or 128 bits. */
export function addressNumber({ family, w0, w1, w2, w3 }: IpAddress): bigint {
  if (family === AddressFamily.ipv4) return BigInt(w0);
  return (BigInt(w0) << 96n) | (BigInt(w1) << 64n) | (BigInt(w2) << 32n) | BigInt(w3);
}

/** The addresses of `ADDRESS`, `ADDRESS/PREFIX` or `ADDRESS/NETMASK`, and their family. */
export function networkRange(
  text: string,
): { readonly family: AddressFamily; readonly range: Range<bigint> } | undefined {
  const [host = '', mask] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined) return undefined;
  const bits = address.family === AddressFamily.ipv4 ? 32 : 128;
  const prefix = mask === undefined ? bits : /^[0-9]+$/.test(mask) ? Number(mask) : netmaskPrefix(mask);
  if (prefix === undefined || prefix > bits) return undefined;
  const hosts = 1n << BigInt(bits - prefix);
  const low = addressNumber(address) & ~(hosts - 1n);
  return { family: address.family, range: { low, high: low + hosts - 1n } };
}

function netmaskPrefix(text: string): number | undefined {
  const mask = parseAddress(text);
  if (mask === undefined) return undefined;
  const prefix = Math.clz32(~mask.w0);
  return mask.w0 === (prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0) ? prefix : undefined;
}

/** The numbers of a protocol's name in firewall rules; undefined for one that is not known here. */
export function protocolNumbers(name: string): readonly number[] | undefined {
  if (/^[0-9]+$/.test(name)) return [Number(name)];
  return protocols.get(name);
}

const protocols: ReadonlyMap<string, readonly number[]> = new Map([
  ['icmp', [1]],
  ['ipencap', [4]],
  ['ipip', [4]],
  ['tcp', [6]],
  ['udp', [17]],
  ['gre', [47]],
  ['icmpv6', [58]],
  ['ipv6-icmp', [58]],
  ['sctp', [132]],
]);
