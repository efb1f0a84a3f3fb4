import { AddressFamily, parseAddress, type IpAddress } from '../ipvs/address.js';
import { Protocol, type ServiceKey } from '../ipvs/model.js';

/** Says of a virtual service whether it is meant. */
export type Selector = (service: ServiceKey) => boolean;

/** How selectors are written, for messages. */
export const selectorForms =
  'tcp, 10.0.0.0/8, :80, :8000-8099, 10.0.0.1:80, [2001:db8::]/32:80, udp/10.0.0.1:53, fwmark, fwmark:1-5';

/**
 * Reads selectors separated by commas: what any of them means is meant. Each is `[PROTOCOL/]ADDRESS[/PREFIX][:PORT[-PORT]]`
 * with at least one of the three, an IPv6 address in brackets when a port follows, or `fwmark[:MARK[-MARK]]`.
 * Undefined for what is none.
 */
export function parseSelectors(text: string): Selector | undefined {
  const selectors: Selector[] = [];
  for (const part of text.split(',')) {
    const selector = parseSelector(part.trim().toLowerCase());
    if (selector === undefined) return undefined;
    selectors.push(selector);
  }
  return (service) => selectors.some((selector) => selector(service));
}

/** The services that `only` means, all without it, less those that `except` means. */
export function scopeOf(only: readonly Selector[], except: readonly Selector[]): Selector {
  return (service) =>
    (only.length === 0 || only.some((selector) => selector(service))) &&
    !except.some((selector) => selector(service));
}

const protocols: Readonly<Record<string, number | undefined>> = Protocol;

function parseSelector(text: string): Selector | undefined {
  const mark = /^fwmark(?::(.+))?$/.exec(text);
  if (mark !== null) return fwmarkSelector(mark[1]);
  const match = /^(?:(tcp|udp|sctp)(?:\/|$))?(.*)$/.exec(text);
  const protocol = protocols[match?.[1] ?? ''];
  const rest = match?.[2] ?? '';
  if (rest === '') {
    return protocol === undefined || text.endsWith('/') ? undefined : protocolSelector(protocol);
  }
  const place = placeSelector(rest);
  if (place === undefined || protocol === undefined) return place;
  return (service) => place(service) && service.protocol === protocol;
}

function protocolSelector(protocol: number): Selector {
  return (service) => service.fwmark === 0 && service.protocol === protocol;
}

function fwmarkSelector(text: string | undefined): Selector | undefined {
  if (text === undefined) return ({ fwmark }) => fwmark !== 0;
  const inRange = parseRange(text, 1, 0xffffffff);
  return inRange === undefined ? undefined : ({ fwmark }) => fwmark !== 0 && inRange(fwmark);
}

const onlyPorts = /^:([0-9]+(?:-[0-9]+)?)$/;
const bracketed = /^\[([0-9a-f:.]+)\](?:\/([0-9]+))?(?::([0-9]+(?:-[0-9]+)?))?$/;
const dotted = /^([0-9.]+)(?:\/([0-9]+))?(?::([0-9]+(?:-[0-9]+)?))?$/;
/** Its colons would run into those of a port. */
const bareIpv6 = /^([0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*)(?:\/([0-9]+))?$/;

/** An address or network, a port or range, or both. */
function placeSelector(text: string): Selector | undefined {
  const ports = onlyPorts.exec(text)?.[1];
  if (ports !== undefined) return portSelector(ports);
  const match = bracketed.exec(text) ?? dotted.exec(text) ?? bareIpv6.exec(text);
  const [, host, prefix, port] = match ?? [];
  const address = host === undefined ? undefined : parseAddress(host);
  const network = address === undefined ? undefined : networkSelector(address, prefix);
  if (network === undefined || port === undefined) return network;
  const atPort = portSelector(port);
  return atPort === undefined ? undefined : (service) => network(service) && atPort(service);
}

function portSelector(text: string): Selector | undefined {
  const inRange = parseRange(text, 0, 65535);
  return inRange === undefined ? undefined : ({ fwmark, port }) => fwmark === 0 && inRange(port);
}

function networkSelector(network: IpAddress, prefix: string | undefined): Selector | undefined {
  const bits = network.family === AddressFamily.ipv4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const masks = [0, 32, 64, 96].map((start) => maskWord(length - start));
  const within = (a: number, b: number, word: number): boolean => ((a ^ b) & (masks[word] ?? 0)) === 0;
  return ({ fwmark, address }) =>
    fwmark === 0 &&
    address.family === network.family &&
    within(address.w0, network.w0, 0) &&
    within(address.w1, network.w1, 1) &&
    within(address.w2, network.w2, 2) &&
    within(address.w3, network.w3, 3);
}

/** The upper `length` bits of a word, none below 1, all from 32 on. */
function maskWord(length: number): number {
  if (length <= 0) return 0;
  return length >= 32 ? -1 : -1 << (32 - length);
}

/** A test for `N` or `N-M`, both within the limits and in order. */
function parseRange(text: string, min: number, max: number): ((value: number) => boolean) | undefined {
  const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const low = Number(match[1]);
  const high = match[2] === undefined ? low : Number(match[2]);
  if (low < min || high > max || low > high) return undefined;
  return (value) => value >= low && value <= high;
}
