import { nameLengths } from '../../ipvs/limits.js';
import {
  Forwarding,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type DestinationConfig,
} from '../../ipvs/model.js';

/** How servers are reached. */
export type Method = Pick<DestinationConfig, 'forwarding' | 'tunnelType' | 'tunnelPort' | 'tunnelFlags'>;

const plain = { tunnelType: TunnelType.ipip, tunnelPort: 0, tunnelFlags: 0 } as const;

/** The method that keepalived uses where none is said. */
export const defaultMethod: Method = { forwarding: Forwarding.masquerade, ...plain };

// Maps, since the words come from a file: an object would know `constructor` as well.

const methods: ReadonlyMap<string, number> = new Map([
  ['NAT', Forwarding.masquerade],
  ['DR', Forwarding.route],
  ['TUN', Forwarding.tunnel],
]);

const tunnelTypes: ReadonlyMap<string, number> = new Map(Object.entries(TunnelType));

const checksums: ReadonlyMap<string, number> = new Map([
  ['nocsum', 0],
  ['csum', TunnelFlag.csum],
  ['remcsum', TunnelFlag.remcsum],
]);

/** The values of `lvs_method`: `NAT`, `TUN type gue port 6080 csum`. Undefined where they are wrong. */
export function parseMethod(values: readonly string[]): Method | undefined {
  const [name = '', ...rest] = values;
  const forwarding = methods.get(name);
  if (forwarding === undefined) return undefined;
  const method: { -readonly [key in keyof Method]: number } = { forwarding, ...plain };
  if (forwarding !== Forwarding.tunnel) return method;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    const checksum = checksums.get(word);
    if (checksum !== undefined) {
      method.tunnelFlags = checksum;
      continue;
    }
    const value = word === 'type' ? tunnelTypes.get(rest[++i] ?? '') : parseNumber(rest[++i], 1, 65535);
    if (value === undefined || (word !== 'type' && word !== 'port')) return undefined;
    if (word === 'type') method.tunnelType = value;
    else method.tunnelPort = value;
  }
  return method.tunnelType === TunnelType.gue && method.tunnelPort === 0 ? undefined : method;
}

/** The names of protocols by number. */
export const protocolNames: ReadonlyMap<string, number> = new Map([
  ['TCP', Protocol.tcp],
  ['UDP', Protocol.udp],
  ['SCTP', Protocol.sctp],
]);

/** The schedulers that keepalived takes. */
export const schedulers: readonly string[] = 'rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos'.split(
  ' ',
);

/** Flags of services; those of one scheduler are taken only after it is named. */
export const flagKeywords: ReadonlyMap<string, { readonly bit: number; readonly scheduler?: string }> =
  new Map([
    ['ops', { bit: ServiceFlag.onePacket }],
    ['flag-1', { bit: ServiceFlag.sched1 }],
    ['flag-2', { bit: ServiceFlag.sched2 }],
    ['flag-3', { bit: ServiceFlag.sched3 }],
    ['sh-fallback', { bit: ServiceFlag.sched1, scheduler: 'sh' }],
    ['sh-port', { bit: ServiceFlag.sched2, scheduler: 'sh' }],
    ['mh-fallback', { bit: ServiceFlag.sched1, scheduler: 'mh' }],
    ['mh-port', { bit: ServiceFlag.sched2, scheduler: 'mh' }],
  ]);

/** The name of a persistence engine; undefined where no rule could say it. */
export function parseEngine(text: string | undefined): string | undefined {
  if (text === undefined || text.length > nameLengths.persistenceEngine) return undefined;
  return /^[\w.+-]+$/.test(text) ? text : undefined;
}

/** A decimal number in a range; undefined for anything else. */
export function parseNumber(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
