import { ipv4Unspecified, parseAddress, type IpAddress } from '../../../../src/ipvs/address.js';
import type { ListedService } from '../../../../src/ipvs/listing.js';
import { addressService, hostNetmask, Protocol, type Stats } from '../../../../src/ipvs/model.js';

/** Counters of so many connections, of 4 packets and 100 bytes each way. */
export function statsOf(connections: number, connectionRate = 0): Stats {
  const count = BigInt(connections);
  return {
    connections: count,
    inPackets: 4n * count,
    outPackets: 4n * count,
    inBytes: 100n * count,
    outBytes: 100n * count,
    connectionRate: BigInt(connectionRate),
    inPacketRate: 0n,
    outPacketRate: 0n,
    inByteRate: 0n,
    outByteRate: 0n,
  };
}

export interface ListedServer {
  readonly address: string;
  readonly weight?: number;
  readonly connections?: number;
}

function address(text: string): IpAddress {
  return parseAddress(text) ?? ipv4Unspecified;
}

/** A TCP service at port 80 as the kernel lists it. */
export function listed(vip: string, servers: readonly ListedServer[], scheduler = 'rr'): ListedService {
  const key = addressService(Protocol.tcp, address(vip), 80);
  const connections = servers.reduce((sum, server) => sum + (server.connections ?? 0), 0);
  return {
    service: {
      ...key,
      scheduler,
      flags: 0,
      timeout: 0,
      netmask: hostNetmask(key.family),
      persistenceEngine: '',
      stats: statsOf(connections),
    },
    destinations: servers.map((server) => ({
      address: address(server.address),
      port: 80,
      forwarding: 0,
      weight: server.weight ?? 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      tunnelType: 0,
      tunnelPort: 0,
      tunnelFlags: 0,
      activeConnections: 3,
      inactiveConnections: 1,
      persistentConnections: 0,
      stats: statsOf(server.connections ?? 0),
    })),
  };
}
