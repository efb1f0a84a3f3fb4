import fc from 'fast-check';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.ts';
import {
  addressService,
  DaemonState,
  Forwarding,
  fwmarkService,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
  type SyncDaemon,
} from '../../../src/ipvs/model.ts';
import type { NamedSettings } from '../../../src/rules/setting-differences.ts';
import { serviceId, destinationId, tableOf, type Table, type TableEntry } from '../../../src/rules/table.ts';

// Few addresses and ports, so that two tables have much in common.

const ipv4 = (last: number): IpAddress => new IpAddress(AddressFamily.ipv4, 0x0a00_0000 + last);
const ipv6 = (last: number): IpAddress => new IpAddress(AddressFamily.ipv6, 0x2001_0db8, 0, 0, last);
const local = new IpAddress(AddressFamily.ipv4, 0x7f00_0001);
const multicast = new IpAddress(AddressFamily.ipv4, 0xe000_0060);
const multicastIpv6 = new IpAddress(AddressFamily.ipv6, 0xff02_0000, 0, 0, 0x60);

const protocols = fc.constantFrom(Protocol.tcp, Protocol.udp, Protocol.sctp);
const keys: fc.Arbitrary<ServiceKey> = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(protocols, fc.integer({ min: 1, max: 3 }), fc.constantFrom(80, 443)) },
    { weight: 3, arbitrary: fc.tuple(protocols, fc.integer({ min: -2, max: -1 }), fc.constantFrom(80, 443)) },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constant(0), fc.integer({ min: 1, max: 2 }), fc.constantFrom(2, 10)),
    },
  )
  .map(([protocol, which, third]) => {
    if (protocol === 0) return fwmarkService(which, third === 2 ? AddressFamily.ipv4 : AddressFamily.ipv6);
    return addressService(protocol, which > 0 ? ipv4(which) : ipv6(-which), third);
  });

const schedulers = fc.constantFrom(
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
);
const schedulerBits = fc.constantFrom(0, 0, ServiceFlag.sched1, ServiceFlag.sched2, ServiceFlag.sched3);

function serviceFor(key: ServiceKey): fc.Arbitrary<Service> {
  const isIpv4 = key.family === AddressFamily.ipv4;
  const masks = isIpv4 ? [0xffff_ffff, 0xffff_ff00, 0xffff_0000] : [128, 64, 48];
  const mayBeOnePacket = key.fwmark !== 0 || key.protocol === Protocol.udp;
  return fc
    .record({
      scheduler: schedulers,
      bits: schedulerBits,
      timeout: fc.constantFrom(0, 0, 1, 300, 2678400),
      netmask: fc.constantFrom(...masks),
      onePacket: mayBeOnePacket ? fc.boolean() : fc.constant(false),
    })
    .map(({ scheduler, bits, timeout, netmask, onePacket }) => ({
      ...key,
      scheduler,
      flags: bits | (timeout === 0 ? 0 : ServiceFlag.persistent) | (onePacket ? ServiceFlag.onePacket : 0),
      timeout,
      netmask,
      persistenceEngine: '',
    }));
}

const weights = fc.constantFrom(0, 1, 1, 2, 100, 65535, 0x7fff_ffff);
const tunnels = fc.constantFrom(
  { tunnelType: TunnelType.ipip, tunnelPort: 0, tunnelFlags: 0 },
  { tunnelType: TunnelType.gue, tunnelPort: 6080, tunnelFlags: 0 },
  { tunnelType: TunnelType.gue, tunnelPort: 6081, tunnelFlags: TunnelFlag.remcsum },
  { tunnelType: TunnelType.gre, tunnelPort: 0, tunnelFlags: TunnelFlag.csum },
);
const noTunnel = { tunnelType: TunnelType.ipip, tunnelPort: 0, tunnelFlags: 0 };

function destinationFor(key: ServiceKey): fc.Arbitrary<Destination> {
  const isIpv4 = key.family === AddressFamily.ipv4;
  return fc
    .record({
      which: fc.integer({ min: 1, max: 6 }),
      port: fc.constantFrom(80, 8080),
      forwarding: fc.constantFrom(Forwarding.masquerade, Forwarding.route, Forwarding.tunnel),
      otherFamily: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      isLocal: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      weight: weights,
      thresholds: fc.constantFrom([0, 0], [0, 0], [100, 0], [100, 50], [7, 7]),
      tunnel: tunnels,
    })
    .map(({ which, port, forwarding, otherFamily, isLocal, weight, thresholds, tunnel }) => {
      const inIpv4 = isIpv4 !== (otherFamily && forwarding === Forwarding.tunnel);
      const address = inIpv4 ? (isLocal ? local : ipv4(100 + which)) : ipv6(100 + which);
      const [upperThreshold = 0, lowerThreshold = 0] = thresholds;
      return {
        address,
        port: key.fwmark !== 0 ? 0 : forwarding === Forwarding.masquerade ? port : key.port,
        forwarding,
        weight,
        upperThreshold,
        lowerThreshold,
        ...(forwarding === Forwarding.tunnel ? tunnel : noTunnel),
      };
    });
}

const entries: fc.Arbitrary<TableEntry> = keys.chain((key) =>
  fc.record({
    service: serviceFor(key),
    destinations: fc.uniqueArray(destinationFor(key), { maxLength: 6, selector: destinationId }),
  }),
);

/** Tables that the kernel takes. */
export const tables: fc.Arbitrary<Table> = fc
  .uniqueArray(entries, { maxLength: 8, selector: ({ service }) => serviceId(service) })
  .map(tableOf);

/** What a file of rules says. */
export interface Wanted {
  readonly table: Table;
  readonly settings: NamedSettings;
}

const seconds = fc.constantFrom(0, 1, 300, 2678400);

function daemons(state: DaemonState): fc.Arbitrary<SyncDaemon> {
  return fc
    .record({
      syncId: fc.constantFrom(0, 7, 255),
      chosen: fc.constantFrom(
        {},
        // The kernel makes 1024 of it for a backup daemon.
        { maxLength: 1000 },
        { port: 8850, ttl: 2 },
        { group: multicast },
        // For IPv6 it makes 65487 of it.
        { group: multicastIpv6, maxLength: 65507 },
      ),
    })
    .map(({ syncId, chosen }) => ({ state, interface: 'sync0', syncId, ...chosen }));
}

const settings: fc.Arbitrary<NamedSettings> = fc.record({
  timeouts: fc.option(fc.record({ tcp: seconds, tcpFin: seconds, udp: seconds }), { nil: undefined }),
  daemons: fc
    .tuple(
      fc.option(daemons(DaemonState.master), { nil: undefined }),
      fc.option(daemons(DaemonState.backup), { nil: undefined }),
    )
    .map((both) => both.filter((daemon) => daemon !== undefined)),
});

const noSettings: NamedSettings = { timeouts: undefined, daemons: [] };

/**
 * Two files, the second to be applied where the first one is. The kernel has no sync daemon beside servers of another
 * family than their service's, and daemons that the second one does not name stay.
 */
export const pairsOfFiles: fc.Arbitrary<readonly [Wanted, Wanted]> = fc
  .tuple(tables, tables, fc.oneof(fc.constant([noSettings, noSettings]), fc.tuple(settings, settings)))
  .map(([from, to, [first = noSettings, second = noSettings]]) => {
    const [early, late] = [first.daemons.length > 0, second.daemons.length > 0];
    return [
      { table: early ? withoutOtherFamilies(from) : from, settings: first },
      { table: early || late ? withoutOtherFamilies(to) : to, settings: second },
    ];
  });

function withoutOtherFamilies(table: Table): Table {
  return tableOf(
    Array.from(table.values(), ({ service, destinations }) => ({
      service,
      destinations: Array.from(destinations.values()).filter(
        ({ address }) => address.family === service.family,
      ),
    })),
  );
}
