import { AddressFamily, parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import type { ListedService } from '../../../src/ipvs/listing.js';
import {
  addressService,
  Forwarding,
  fwmarkService,
  hostNetmask,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type DestinationEntry,
  type ServiceEntry,
  type ServiceKey,
  type Stats,
} from '../../../src/ipvs/model.js';

/** Counters and rates from `first` on, each one more than the last. */
export function statsFrom(first: bigint): Stats {
  return {
    connections: first,
    inPackets: first + 1n,
    outPackets: first + 2n,
    inBytes: first + 3n,
    outBytes: first + 4n,
    connectionRate: first + 5n,
    inPacketRate: first + 6n,
    outPacketRate: first + 7n,
    inByteRate: first + 8n,
    outByteRate: first + 9n,
  };
}

/** The address that this text is. */
export function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new TypeError(`${text} is no address`);
  return parsed;
}

function service(key: ServiceKey, more: Partial<ServiceEntry> = {}): ServiceEntry {
  return {
    ...key,
    scheduler: 'wlc',
    flags: 0,
    timeout: 0,
    netmask: hostNetmask(key.family),
    persistenceEngine: '',
    stats: statsFrom(0n),
    ...more,
  };
}

function destination(host: string, port: number, more: Partial<DestinationEntry> = {}): DestinationEntry {
  return {
    address: address(host),
    port,
    forwarding: Forwarding.masquerade,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnelType: TunnelType.ipip,
    tunnelPort: 0,
    tunnelFlags: 0,
    activeConnections: 0,
    inactiveConnections: 0,
    persistentConnections: 0,
    stats: statsFrom(0n),
    ...more,
  };
}

/** Services of every kind, with servers of every kind. */
export const listedServices: readonly ListedService[] = [
  {
    service: service(addressService(Protocol.tcp, address('192.0.2.1'), 80), {
      flags: ServiceFlag.persistent | ServiceFlag.hashed,
      timeout: 300,
      netmask: 0xffffff00,
      // Numbers that floating point would round.
      stats: statsFrom(18446744073709551600n),
    }),
    destinations: [
      destination('10.0.0.1', 8080, {
        weight: 5,
        upperThreshold: 10,
        lowerThreshold: 7,
        activeConnections: 6,
        inactiveConnections: 4,
        persistentConnections: 2,
        stats: statsFrom(9007199254740993n),
      }),
      destination('10.0.0.2', 8080, { weight: 0, forwarding: Forwarding.local }),
    ],
  },
  {
    service: service(addressService(Protocol.udp, address('2001:db8::1'), 53), {
      scheduler: 'sh',
      flags: ServiceFlag.onePacket | ServiceFlag.sched1 | ServiceFlag.sched2,
      netmask: 64,
      persistenceEngine: 'sip',
    }),
    destinations: [
      destination('10.0.0.3', 53, {
        forwarding: Forwarding.tunnel,
        tunnelType: TunnelType.gue,
        tunnelPort: 6080,
        tunnelFlags: TunnelFlag.csum,
      }),
      destination('2001:db8::2', 53, { forwarding: Forwarding.tunnel, tunnelType: TunnelType.gre }),
      destination('2001:db8::3', 53, { forwarding: Forwarding.tunnel }),
    ],
  },
  { service: service(fwmarkService(4294967295, AddressFamily.ipv6)), destinations: [] },
];
