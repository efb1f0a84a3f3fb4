import {
  AddressFamily,
  dottedWord,
  IpAddress,
  isMulticast,
  parseInetAton,
  parseIpv4,
  parseIpv6,
} from '../ipvs/address.js';
import { largestFwmark, largestPort, largestTimeout } from '../ipvs/limits.js';
import { DaemonState, Forwarding, type ServiceKey } from '../ipvs/model.js';
import { schedulerFlagNames } from '../ipvs/scheduler-flags.js';
import type { NameLookup } from '../names/lookup.js';
import { UsageError } from './errors.js';

/** The text of a word of the command line. Words are strings of bytes, so that messages can repeat any word. */
export function decodeWord(word: string): string {
  return /^[\0-\x7f]*$/.test(word) ? word : Buffer.from(word, 'latin1').toString();
}

/**
 * A whole number as C's `strtol` with base 10 reads a whole word: blanks and a sign may lead, nothing may trail.
 * Undefined outside `min` to `max`.
 */
export function parseNumber(text: string, min: number, max: number): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value + 0 : undefined;
}

/** A number as {@link parseNumber} reads it, or a {@link UsageError} with this message. */
export function numberOr(message: string, text: string, min: number, max: number): number {
  const value = parseNumber(text, min, max);
  if (value === undefined) throw new UsageError(message);
  return value;
}

/** A timeout of `min` to 2678400 seconds. */
export function parseTimeout(text: string, min: number): number {
  return numberOr(`invalid timeout value \`${text}' specified`, text, min, largestTimeout);
}

/** A firewall mark, 1 to 2^32-1. */
export function parseFwmark(text: string): number {
  return numberOr(`invalid fwmark value \`${text}' specified`, text, 1, largestFwmark);
}

export interface HostPort {
  readonly address: IpAddress;
  /** Undefined when the text has none. */
  readonly port: number | undefined;
}

/**
 * `host[:port]` as ipvsadm reads it: `[IPv6]:port`, a bare IPv6 address, or an IPv4 address in any form of
 * inet_aton or a host name, with a port number or the name of a service of `protocol`. Undefined if it is none.
 */
export function parseHostPort(text: string, protocol: number, names: NameLookup): HostPort | undefined {
  // Most are this: it is tried before what costs more to tell.
  const dotted = parseDottedEndpoint(text);
  if (dotted !== undefined) return dotted;
  if (/^[0-9]*$/.test(text)) return undefined;
  if (text.startsWith('[')) return parseBracketed(text, protocol, names);
  const ipv6 = text.includes(':') ? parseIpv6(text) : undefined;
  if (ipv6 !== undefined) return { address: ipv6, port: undefined };
  const colon = text.lastIndexOf(':');
  const address = parseIpv4Host(colon < 0 ? text : text.slice(0, colon), names);
  if (address === undefined) return undefined;
  if (colon < 0) return { address, port: undefined };
  const port = parsePort(text.slice(colon + 1), protocol, names);
  return port === undefined ? undefined : { address, port };
}

/** `a.b.c.d:port`, the address of four decimal parts, the port a number. */
function parseDottedEndpoint(
  text: string,
): { readonly address: IpAddress; readonly port: number } | undefined {
  const colon = text.lastIndexOf(':');
  const word = colon < 0 ? undefined : dottedWord(text, colon);
  const port = word === undefined ? undefined : parseNumber(text.slice(colon + 1), 0, largestPort);
  return word === undefined || port === undefined
    ? undefined
    : { address: new IpAddress(AddressFamily.ipv4, word), port };
}

/** Packets that are not translated arrive at the service's port, whatever -r says. */
export function destinationPort(service: ServiceKey, forwarding: number, given: number): number {
  const keepsPort = forwarding === Forwarding.route || forwarding === Forwarding.tunnel;
  return keepsPort && service.fwmark === 0 ? service.port : given;
}

function parseBracketed(text: string, protocol: number, names: NameLookup): HostPort | undefined {
  const end = text.indexOf(']');
  if (end < 0 || text[end + 1] !== ':') return undefined;
  const host = text.slice(1, end);
  const ipv6 = parseIpv6(host);
  if (ipv6 === undefined) {
    const address = parseIpv4Host(host, names);
    return address === undefined ? undefined : { address, port: undefined };
  }
  const port = parsePort(text.slice(end + 2), protocol, names);
  return port === undefined ? undefined : { address: ipv6, port };
}

/** An IPv4 address in any form of inet_aton, or the first IPv4 address of a host name. */
function parseIpv4Host(text: string, names: NameLookup): IpAddress | undefined {
  if (text === '') return undefined;
  return parseIpv4(text) ?? parseInetAton(text) ?? names.hostAddress(decodeWord(text));
}

function parsePort(text: string, protocol: number, names: NameLookup): number | undefined {
  return parseNumber(text, 0, largestPort) ?? names.servicePort(text, protocol);
}

/**
 * An IPv6 prefix length, 1 to 128, read as C's `atoi` does: what trails the digits is ignored, and so is what a long
 * has above 32 bits.
 */
function parsePrefixLength(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(text)?.[1] ?? '0';
  const value = BigInt(digits);
  const length = BigInt.asIntN(64, value) === value ? Number(BigInt.asIntN(32, value)) : 0;
  if (length < 1 || length > 128) throw new UsageError('illegal ipv6 netmask specified');
  return length;
}

/** A multicast group for the sync daemon; a colon makes it IPv6. */
export function parseMulticastGroup(text: string): IpAddress {
  const ipv6 = text.includes(':');
  const group = ipv6 ? parseIpv6(text) : parseIpv4(text);
  if (group === undefined || !isMulticast(group)) {
    throw new UsageError(`invalid ${ipv6 ? 'IPv6' : 'IPv4'} mcast-group \`${text}'`);
  }
  return group;
}

/** `master` or `backup`, or a {@link UsageError} with this message. */
export function parseDaemonState(text: string, message: string): DaemonState {
  if (text === 'master') return DaemonState.master;
  if (text === 'backup') return DaemonState.backup;
  throw new UsageError(message);
}

/** The bits of a list of scheduler flags, separated by commas; those with a scheduler of their own only with it. */
export function parseSchedulerFlags(text: string, scheduler: string): number {
  let bits = 0;
  const names = text.split(',').filter((name) => name !== '');
  if (text !== '' && names.length === 0) throw new UsageError(`invalid scheduler flag \`${text}'`);
  for (const name of names) {
    const flag = schedulerFlagNames.find((row) => row.name === name);
    if (flag === undefined) throw new UsageError(`invalid scheduler flag \`${name}'`);
    if (flag.scheduler !== undefined && flag.scheduler !== scheduler) {
      throw new UsageError(`incompatible scheduler flag \`${name}'`);
    }
    bits |= flag.bit;
  }
  return bits;
}

/** The default netmask of a family, or the one that `-M` gives, an IPv4 mask as a number in host order. */
export function parseNetmask(text: string, family: AddressFamily, names: NameLookup): number {
  if (family === AddressFamily.ipv6) return parsePrefixLength(text);
  const mask = parseIpv4Host(text, names);
  if (mask === undefined) throw new UsageError('illegal virtual server persistent mask specified');
  return mask.w0;
}
