import { Table, type Infer } from '../../../src/netlink/attributes.js';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import type { DestinationEntry, ServiceEntry, Stats, SyncDaemon } from '../../../src/ipvs/model.js';
import * as schema from '../../../src/ipvs/schema.js';
import { ByteWriter } from '../../../src/netlink/writer.js';

// Services, servers and daemons as the kernel tells them, written independently of the code that reads them.

export const messageTable = new Table(schema.message);
export const infoTable = new Table(schema.info);

type Message = Infer<typeof schema.message>;

export const noStats: Stats = {
  connections: 0n,
  inPackets: 0n,
  outPackets: 0n,
  inBytes: 0n,
  outBytes: 0n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
};

/** The attributes alone, as bytes. */
export function attributesOf(message: Message): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  messageTable.encode(writer, message);
  return writer.bytes.slice(0, writer.length);
}

/** Old 32-bit counters beside the 64-bit ones, as every kernel since 4.1 tells them. */
export function bothStats(stats: Stats): { stats: Stats; stats64: Stats } {
  const low = Object.fromEntries(
    Object.entries(stats).map(([key, value]) => [key, BigInt.asUintN(32, value as bigint)]),
  );
  return { stats: { ...stats, ...low }, stats64: stats };
}

export function serviceRow(entry: ServiceEntry): Message {
  const byMark = entry.fwmark !== 0;
  return {
    service: {
      family: entry.family,
      ...(byMark
        ? { fwmark: entry.fwmark }
        : { protocol: entry.protocol, address: entry.address, port: entry.port }),
      scheduler: entry.scheduler,
      ...(entry.persistenceEngine === '' ? {} : { persistenceEngine: entry.persistenceEngine }),
      flags: entry.flags,
      timeout: entry.timeout,
      netmask: entry.family === AddressFamily.ipv4 ? swap(entry.netmask) : entry.netmask,
      ...bothStats(entry.stats),
    },
  };
}

export function destinationRow(entry: DestinationEntry): Message {
  const { stats, ...rest } = entry;
  return { destination: { family: entry.address.family, ...rest, ...bothStats(stats) } };
}

export function daemonRow(daemon: SyncDaemon): Message {
  const { group, ...rest } = daemon;
  const groups =
    group === undefined
      ? {}
      : group.family === AddressFamily.ipv4
        ? { group: group.w0 }
        : { group6: new IpAddress(AddressFamily.ipv6, group.w0, group.w1, group.w2, group.w3) };
  return { daemon: { ...rest, ...groups } };
}

function swap(word: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, word);
  return view.getUint32(0, true);
}
