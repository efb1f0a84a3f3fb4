import { be16, be32, cstring, fixed, i32, nested, u16, u32, u64, u8, wide32 } from '../netlink/codec.js';
import { littleEndian } from '../netlink/writer.js';
import { AddressFamily, IpAddress } from './address.js';

// The numbers and sizes are those of linux/ip_vs.h; a test compares them. Which of several sizes and byte orders
// the kernel uses is seen in its answers. The order of lines is the order on the wire, that of ipvsadm 1.31.

/** Name and version of the generic netlink family. */
export const family = { name: 'IPVS', version: 1 } as const;

/** Sixteen bytes, an IPv4 address in the first four. Read as IPv6: the family stands in another attribute. */
const address = fixed<IpAddress>({
  size: 16,
  read: (view, at) =>
    new IpAddress(
      AddressFamily.ipv6,
      view.getUint32(at),
      view.getUint32(at + 4),
      view.getUint32(at + 8),
      view.getUint32(at + 12),
    ),
  write: (view, at, value) => {
    view.setUint32(at, value.w0);
    view.setUint32(at + 4, value.w1);
    view.setUint32(at + 8, value.w2);
    view.setUint32(at + 12, value.w3);
  },
});

/** `struct ip_vs_flags`: flags, and which of them count. Only the flags are given; all of them count. */
const maskedFlags = fixed<number>({
  size: 8,
  read: (view, at) => view.getUint32(at, littleEndian),
  write: (view, at, value) => {
    view.setUint32(at, value, littleEndian);
    view.setUint32(at + 4, 0xffff_ffff, littleEndian);
  },
});

/** Counters as old kernels tell them (`IPVS_STATS_ATTR_*` in `…_ATTR_STATS`). */
export const stats32 = {
  connections: [1, wide32],
  inPackets: [2, wide32],
  outPackets: [3, wide32],
  inBytes: [4, u64],
  outBytes: [5, u64],
  connectionRate: [6, wide32],
  inPacketRate: [7, wide32],
  outPacketRate: [8, wide32],
  inByteRate: [9, wide32],
  outByteRate: [10, wide32],
} as const;

/** Counters (`IPVS_STATS_ATTR_*` in `…_ATTR_STATS64`). */
export const stats64 = {
  connections: [1, u64],
  inPackets: [2, u64],
  outPackets: [3, u64],
  inBytes: [4, u64],
  outBytes: [5, u64],
  connectionRate: [6, u64],
  inPacketRate: [7, u64],
  outPacketRate: [8, u64],
  inByteRate: [9, u64],
  outByteRate: [10, u64],
} as const;

/** `IPVS_SVC_ATTR_*` */
export const service = {
  family: [1, u16],
  fwmark: [5, u32],
  protocol: [2, u16],
  address: [3, address],
  port: [4, be16],
  scheduler: [6, cstring(16)],
  persistenceEngine: [11, cstring(17)],
  flags: [7, maskedFlags],
  timeout: [8, u32],
  /** IPv4: a mask in network order, read here in host order. IPv6: a prefix length. */
  netmask: [9, u32],
  stats: [10, nested(stats32)],
  stats64: [12, nested(stats64)],
} as const;

/** `IPVS_DEST_ATTR_*` */
export const destination = {
  family: [11, u16],
  address: [1, address],
  port: [2, be16],
  forwarding: [3, u32],
  weight: [4, i32],
  tunnelType: [13, u8],
  tunnelPort: [14, be16],
  tunnelFlags: [15, u16],
  upperThreshold: [5, u32],
  lowerThreshold: [6, u32],
  activeConnections: [7, u32],
  inactiveConnections: [8, u32],
  persistentConnections: [9, u32],
  stats: [10, nested(stats32)],
  stats64: [12, nested(stats64)],
} as const;

/** `IPVS_DAEMON_ATTR_*` */
export const daemon = {
  state: [1, u32],
  interface: [2, cstring(16)],
  syncId: [3, u32],
  maxLength: [4, u16],
  port: [7, u16],
  ttl: [8, u8],
  group: [5, be32],
  group6: [6, address],
} as const;

/** `IPVS_CMD_ATTR_*`: what stands first in every message but the answer to `getInfo`. */
export const message = {
  service: [1, nested(service)],
  destination: [2, nested(destination)],
  daemon: [3, nested(daemon)],
  timeoutTcp: [4, u32],
  timeoutTcpFin: [5, u32],
  timeoutUdp: [6, u32],
} as const;

/** `IPVS_INFO_ATTR_*` */
export const info = {
  version: [1, u32],
  connectionTableSize: [2, u32],
} as const;

/** Every operation by the name that errors and callers use, with its command (`IPVS_CMD_*`). */
export const operations = {
  newService: { command: 1, label: 'newService' },
  setService: { command: 2, label: 'setService' },
  delService: { command: 3, label: 'delService' },
  getService: { command: 4, label: 'getService' },
  newDest: { command: 5, label: 'newDest' },
  setDest: { command: 6, label: 'setDest' },
  delDest: { command: 7, label: 'delDest' },
  getDest: { command: 8, label: 'getDest' },
  newDaemon: { command: 9, label: 'newDaemon' },
  delDaemon: { command: 10, label: 'delDaemon' },
  getDaemon: { command: 11, label: 'getDaemon' },
  setConfig: { command: 12, label: 'setConfig' },
  getConfig: { command: 13, label: 'getConfig' },
  setInfo: { command: 14, label: 'setInfo' },
  getInfo: { command: 15, label: 'getInfo' },
  zero: { command: 16, label: 'zero' },
  flush: { command: 17, label: 'flush' },
} as const;

export type OperationName = keyof typeof operations;
