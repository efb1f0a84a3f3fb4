import { ipv4Unspecified, ipv6Unspecified, AddressFamily, type IpAddress } from './address.js';

/** Transport protocols that IPVS serves, by IP protocol number. */
export const Protocol = { tcp: 6, udp: 17, sctp: 132 } as const;
export type Protocol = (typeof Protocol)[keyof typeof Protocol];

/** Virtual service flags (`IP_VS_SVC_F_*` in `linux/ip_vs.h`). What the sched bits mean depends on the scheduler. */
export const ServiceFlag = {
  persistent: 0x01,
  hashed: 0x02,
  onePacket: 0x04,
  sched1: 0x08,
  sched2: 0x10,
  sched3: 0x20,
} as const;

/** Forwarding methods (`IP_VS_CONN_F_FWD_MASK` and its values in `linux/ip_vs.h`). */
export const Forwarding = { masquerade: 0, local: 1, tunnel: 2, route: 3, bypass: 4 } as const;

/** Tunnel types (`IP_VS_CONN_F_TUNNEL_TYPE_*` in `linux/ip_vs.h`). */
export const TunnelType = { ipip: 0, gue: 1, gre: 2 } as const;

/** Tunnel encapsulation flags (`IP_VS_TUNNEL_ENCAP_FLAG_*` in `linux/ip_vs.h`). */
export const TunnelFlag = { csum: 1, remcsum: 2 } as const;

/** Sync daemon states (`IP_VS_STATE_*` in `linux/ip_vs.h`). */
export const DaemonState = { master: 1, backup: 2 } as const;
export type DaemonState = (typeof DaemonState)[keyof typeof DaemonState];

/** What makes a virtual service the one it is: protocol, address and port, or a firewall mark and a family. */
export interface ServiceKey {
  readonly family: AddressFamily;
  /** IP protocol number, see {@link Protocol}; 0 for a firewall mark. */
  readonly protocol: number;
  /** The virtual address; the unspecified one of the family for a firewall mark. */
  readonly address: IpAddress;
  /** 0 to 65535; 0 for every port (persistent services) and for a firewall mark. */
  readonly port: number;
  /** 1 to 2^32-1, or 0 for a service by address. */
  readonly fwmark: number;
}

/** What can be set on a virtual service. */
export interface ServiceConfig {
  /** Name of the scheduler, at most 15 bytes. */
  readonly scheduler: string;
  /** Bits of {@link ServiceFlag}. */
  readonly flags: number;
  /** Persistence in seconds, 0 when not persistent. */
  readonly timeout: number;
  /** Granularity of persistence: IPv4 mask as a number in host order, or IPv6 prefix length. */
  readonly netmask: number;
  /** Name of the persistence engine, empty for none. */
  readonly persistenceEngine: string;
}

export interface Service extends ServiceKey, ServiceConfig {}

/** Counters since the entry was made or zeroed, and the kernel's estimates per second. Exact 64-bit numbers. */
export interface Stats {
  readonly connections: bigint;
  readonly inPackets: bigint;
  readonly outPackets: bigint;
  readonly inBytes: bigint;
  readonly outBytes: bigint;
  readonly connectionRate: bigint;
  readonly inPacketRate: bigint;
  readonly outPacketRate: bigint;
  readonly inByteRate: bigint;
  readonly outByteRate: bigint;
}

/** A virtual service as the kernel tells it. */
export interface ServiceEntry extends Service {
  readonly stats: Stats;
}

/** What makes a real server the one it is within its service. */
export interface DestinationKey {
  readonly address: IpAddress;
  /** 0 to 65535; 0 for the port of the packet (firewall marks). */
  readonly port: number;
}

/** Whether a server has another address family than its service. */
export function isOfOtherFamily({ family }: ServiceKey, { address }: DestinationKey): boolean {
  return address.family !== family;
}

/** What can be set on a real server. */
export interface DestinationConfig {
  /** See {@link Forwarding}. */
  readonly forwarding: number;
  /** Signed 32-bit; 0 gets no new connections. */
  readonly weight: number;
  /** Connections above which the server gets no new ones; 0 for no limit. */
  readonly upperThreshold: number;
  /** Connections below which an overloaded server is used again; 0 for three quarters of the upper one. */
  readonly lowerThreshold: number;
  /** See {@link TunnelType}. */
  readonly tunnelType: number;
  /** UDP port of the tunnel, 0 to 65535 (GUE). */
  readonly tunnelPort: number;
  /** Bits of {@link TunnelFlag}. */
  readonly tunnelFlags: number;
}

/** A real server. */
export interface Destination extends DestinationKey, DestinationConfig {}

/** A real server as the kernel tells it, but for its counters. */
export interface DestinationState extends Destination {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
}

/** A real server as the kernel tells it. */
export interface DestinationEntry extends DestinationState {
  readonly stats: Stats;
}

/** What the shortest listing tells of a real server. */
export type DestinationSummary = DestinationKey &
  Pick<DestinationState, 'forwarding' | 'weight' | 'activeConnections' | 'inactiveConnections'>;

/** A connection synchronisation daemon. What the kernel is not told it chooses, what it does not tell is undefined. */
export interface SyncDaemon {
  readonly state: DaemonState;
  /** Multicast interface, at most 15 bytes. */
  readonly interface: string;
  /** 0 to 255. */
  readonly syncId: number;
  /** Largest sync message in bytes. */
  readonly maxLength?: number;
  readonly group?: IpAddress;
  readonly port?: number;
  readonly ttl?: number;
}

/** Connection timeouts in seconds. When set, 0 leaves a timeout as it is. */
export interface Timeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

export interface Info {
  /** Three bytes, major to minor: 0x010201 is 1.2.1. */
  readonly version: number;
  /** Buckets of the connection hash table. */
  readonly connectionTableSize: number;
}

/** The usual text of a version as three bytes: `1.2.1`. */
export function versionText(version: number): string {
  return `${version >>> 16}.${(version >>> 8) & 255}.${version & 255}`;
}

/** The key of a service by protocol, address and port. */
export function addressService(protocol: number, address: IpAddress, port: number): ServiceKey {
  return { family: address.family, protocol, address, port, fwmark: 0 };
}

/** The key of a firewall-mark service. */
export function fwmarkService(fwmark: number, family: AddressFamily = AddressFamily.ipv4): ServiceKey {
  const address = family === AddressFamily.ipv4 ? ipv4Unspecified : ipv6Unspecified;
  return { family, protocol: 0, address, port: 0, fwmark };
}

/** The netmask that groups nothing: one client, one group. */
export function hostNetmask(family: AddressFamily): number {
  return family === AddressFamily.ipv4 ? 0xffffffff : 128;
}
