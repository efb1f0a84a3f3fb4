import { parseIpv4, sameAddress, type IpAddress } from '../ipvs/address.js';
import type { Host } from '../host/host.js';
import type { Interface } from '../host/interfaces.js';
import type { NoRoute, Route } from '../host/routes.js';
import { serviceName } from '../output/plain-names.js';
import type { Director } from './director.js';

/** A virtual address, and the names of its services. */
export interface VirtualAddress {
  readonly vip: IpAddress;
  readonly services: readonly string[];
}

/** The virtual addresses of the table; firewall marks have none. */
export function virtualAddresses({ table }: Director): VirtualAddress[] {
  const found = new Map<string, { readonly vip: IpAddress; readonly services: string[] }>();
  for (const { service } of table?.services ?? []) {
    if (service.fwmark !== 0) continue;
    const text = service.address.toString();
    const entry = found.get(text) ?? { vip: service.address, services: [] };
    entry.services.push(serviceName(service));
    found.set(text, entry);
  }
  return [...found.values()];
}

/** An address that stands for the clients of the internet: nobody has it (RFC 5737). */
export const anyClient: IpAddress | undefined = parseIpv4('203.0.113.1');

/** The interface that has an address. */
export function holderOf({ interfaces }: Host, address: IpAddress): Interface | undefined {
  return interfaces.find(({ addresses }) => addresses.some((entry) => sameAddress(entry.address, address)));
}

/** The interface of a route. */
export function routeInterface({ interfaces }: Host, route: Route | NoRoute): Interface | undefined {
  return 'refusal' in route ? undefined : interfaces.find(({ index }) => index === route.interface);
}

/** The interface by which the internet is reached. */
async function defaultInterface(host: Host): Promise<Interface | undefined> {
  return anyClient === undefined ? undefined : routeInterface(host, await host.routeTo(anyClient));
}

/**
 * The interface by which requests to a virtual address come in, as far as can be told: the one that has it, else the
 * one of the default route, else any.
 */
export async function requestInterface(host: Host, vip: IpAddress): Promise<Interface | undefined> {
  const holder = holderOf(host, vip);
  if (holder !== undefined && isOnTheWire(holder)) return holder;
  return (await defaultInterface(host)) ?? host.interfaces.find((one) => one.up && isOnTheWire(one));
}

const virtualKinds: ReadonlySet<string> = new Set([
  'dummy',
  'ipip',
  'gre',
  'gretap',
  'sit',
  'ip6tnl',
  'ip6gre',
  'fou',
]);

/** Whether others can reach an interface by its link. */
export function isOnTheWire({ loopback, kind }: Interface): boolean {
  return !loopback && !virtualKinds.has(kind);
}
