import { Table, type Infer, type InferInput, type Span } from '../netlink/attributes.js';
import { DecodeError } from '../netlink/errors.js';
import type { Command } from '../netlink/generic.js';
import { littleEndian, type ByteWriter } from '../netlink/writer.js';
import { AddressFamily, IpAddress, ipv4Unspecified, ipv6Unspecified } from './address.js';
import {
  DaemonState,
  type Destination,
  type DestinationEntry,
  type DestinationKey,
  type Info,
  type Service,
  type ServiceEntry,
  type ServiceKey,
  type Stats,
  type SyncDaemon,
  type Timeouts,
} from './model.js';
import type { Operation } from './operation.js';
import * as schema from './schema.js';

// Between attributes and model: here alone stands what one attribute means because of another.

const messageTable = new Table(schema.message);
const infoTable = new Table(schema.info, 'info');
const stats32Table = new Table(schema.stats32, 'stats');
const stats64Table = new Table(schema.stats64, 'stats64');

type ServiceAttributes = InferInput<typeof schema.service>;
type DestinationAttributes = InferInput<typeof schema.destination>;

/** Appends the attributes of an operation and returns its command. Throws `EncodeError`. */
export function encodeOperation(writer: ByteWriter, operation: Operation): Command {
  switch (operation.kind) {
    case 'newService':
    case 'setService':
      messageTable.encode(writer, { service: serviceAttributes(operation.service) });
      break;
    case 'delService':
      messageTable.encode(writer, { service: keyAttributes(operation.service) });
      break;
    case 'newDest':
    case 'setDest':
      messageTable.encode(writer, {
        service: keyAttributes(operation.service),
        destination: destinationAttributes(operation.destination),
      });
      break;
    case 'delDest':
      messageTable.encode(writer, {
        service: keyAttributes(operation.service),
        destination: destinationKeyAttributes(operation.destination),
      });
      break;
    case 'flush':
      break;
    case 'zero':
      if (operation.service !== undefined) encodeServiceKey(writer, operation.service);
      break;
    case 'setConfig':
      messageTable.encode(writer, {
        timeoutTcp: operation.timeouts.tcp,
        timeoutTcpFin: operation.timeouts.tcpFin,
        timeoutUdp: operation.timeouts.udp,
      });
      break;
    case 'newDaemon':
      messageTable.encode(writer, { daemon: daemonAttributes(operation.daemon) });
      break;
    case 'delDaemon': {
      const { state, interface: name, syncId } = operation.daemon;
      messageTable.encode(writer, { daemon: { state, interface: name, syncId } });
    }
  }
  return schema.operations[operation.kind];
}

/** Appends the attributes that say which service is meant. Throws `EncodeError`. */
export function encodeServiceKey(writer: ByteWriter, key: ServiceKey): void {
  messageTable.encode(writer, { service: keyAttributes(key) });
}

function keyAttributes(key: ServiceKey): ServiceAttributes {
  return key.fwmark !== 0
    ? { family: key.family, fwmark: key.fwmark }
    : { family: key.family, protocol: key.protocol, address: key.address, port: key.port };
}

function serviceAttributes(service: Service): ServiceAttributes {
  const byMark = service.fwmark !== 0;
  return {
    family: service.family,
    fwmark: byMark ? service.fwmark : undefined,
    protocol: byMark ? undefined : service.protocol,
    address: byMark ? undefined : service.address,
    port: byMark ? undefined : service.port,
    scheduler: service.scheduler,
    persistenceEngine: service.persistenceEngine === '' ? undefined : service.persistenceEngine,
    flags: service.flags,
    timeout: service.timeout,
    netmask: netmaskOnWire(service.family, service.netmask),
  };
}

function destinationKeyAttributes(key: DestinationKey): DestinationAttributes {
  return { family: key.address.family, address: key.address, port: key.port };
}

function destinationAttributes(destination: Destination): DestinationAttributes {
  return {
    family: destination.address.family,
    address: destination.address,
    port: destination.port,
    forwarding: destination.forwarding,
    weight: destination.weight,
    tunnelType: destination.tunnelType,
    tunnelPort: destination.tunnelPort,
    tunnelFlags: destination.tunnelFlags,
    upperThreshold: destination.upperThreshold,
    lowerThreshold: destination.lowerThreshold,
  };
}

function daemonAttributes(daemon: SyncDaemon): InferInput<typeof schema.daemon> {
  const { group } = daemon;
  return {
    state: daemon.state,
    interface: daemon.interface,
    syncId: daemon.syncId,
    maxLength: daemon.maxLength,
    port: daemon.port,
    ttl: daemon.ttl,
    group: group?.family === AddressFamily.ipv4 ? group.w0 : undefined,
    group6: group?.family === AddressFamily.ipv6 ? group : undefined,
  };
}

/** Reads the attributes of a service and its counters. Throws `DecodeError`. */
export function decodeService(view: DataView, start: number, end: number): ServiceEntry {
  const raw = messageTable.decode(view, start, end).service;
  if (raw === undefined) throw DecodeError.missing('service');
  const family = addressFamily(raw.family, 'service.family');
  const fwmark = raw.fwmark ?? 0;
  const byMark = fwmark !== 0;
  return {
    family,
    protocol: byMark ? 0 : required(raw.protocol, 'service.protocol'),
    address: byMark
      ? family === AddressFamily.ipv4
        ? ipv4Unspecified
        : ipv6Unspecified
      : addressOf(family, raw.address, 'service.address'),
    port: byMark ? 0 : required(raw.port, 'service.port'),
    fwmark,
    scheduler: raw.scheduler ?? '',
    flags: required(raw.flags, 'service.flags'),
    timeout: required(raw.timeout, 'service.timeout'),
    netmask: netmaskOnWire(family, required(raw.netmask, 'service.netmask')),
    persistenceEngine: raw.persistenceEngine ?? '',
    stats: decodeStats(view, raw.stats, raw.stats64),
  };
}

/**
 * Reads the attributes of a destination and its counters; `serviceFamily` is its address family where an old
 * kernel does not tell it. Throws `DecodeError`.
 */
export function decodeDestination(
  view: DataView,
  start: number,
  end: number,
  serviceFamily: AddressFamily,
): DestinationEntry {
  const raw = messageTable.decode(view, start, end).destination;
  if (raw === undefined) throw DecodeError.missing('destination');
  const family = raw.family === undefined ? serviceFamily : addressFamily(raw.family, 'destination.family');
  return {
    address: addressOf(family, raw.address, 'destination.address'),
    port: required(raw.port, 'destination.port'),
    forwarding: required(raw.forwarding, 'destination.forwarding'),
    weight: required(raw.weight, 'destination.weight'),
    upperThreshold: required(raw.upperThreshold, 'destination.upperThreshold'),
    lowerThreshold: required(raw.lowerThreshold, 'destination.lowerThreshold'),
    tunnelType: raw.tunnelType ?? 0,
    tunnelPort: raw.tunnelPort ?? 0,
    tunnelFlags: raw.tunnelFlags ?? 0,
    activeConnections: required(raw.activeConnections, 'destination.activeConnections'),
    inactiveConnections: required(raw.inactiveConnections, 'destination.inactiveConnections'),
    persistentConnections: required(raw.persistentConnections, 'destination.persistentConnections'),
    stats: decodeStats(view, raw.stats, raw.stats64),
  };
}

/** Reads the attributes of a sync daemon. Throws `DecodeError`. */
export function decodeDaemon(view: DataView, start: number, end: number): SyncDaemon {
  const raw = messageTable.decode(view, start, end).daemon;
  if (raw === undefined) throw DecodeError.missing('daemon');
  const { state } = raw;
  if (state !== DaemonState.master && state !== DaemonState.backup) {
    throw state === undefined
      ? DecodeError.missing('daemon.state')
      : DecodeError.value('daemon.state', state);
  }
  const group = raw.group === undefined ? raw.group6 : new IpAddress(AddressFamily.ipv4, raw.group);
  return {
    state,
    interface: required(raw.interface, 'daemon.interface'),
    syncId: required(raw.syncId, 'daemon.syncId'),
    ...(raw.maxLength === undefined ? {} : { maxLength: raw.maxLength }),
    ...(group === undefined ? {} : { group }),
    ...(raw.port === undefined ? {} : { port: raw.port }),
    ...(raw.ttl === undefined ? {} : { ttl: raw.ttl }),
  };
}

/** Reads the connection timeouts; a protocol that the kernel was built without has 0. Throws `DecodeError`. */
export function decodeTimeouts(view: DataView, start: number, end: number): Timeouts {
  const raw = messageTable.decode(view, start, end);
  return { tcp: raw.timeoutTcp ?? 0, tcpFin: raw.timeoutTcpFin ?? 0, udp: raw.timeoutUdp ?? 0 };
}

/** Reads what the kernel says about itself. Throws `DecodeError`. */
export function decodeInfo(view: DataView, start: number, end: number): Info {
  const raw = infoTable.decode(view, start, end);
  return {
    version: required(raw.version, 'info.version'),
    connectionTableSize: required(raw.connectionTableSize, 'info.connectionTableSize'),
  };
}

const noStats: Stats = {
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

function decodeStats(view: DataView, narrow: Span | undefined, wide: Span | undefined): Stats {
  let raw: Infer<typeof schema.stats64>;
  if (wide !== undefined) raw = stats64Table.decode(view, wide.start, wide.end);
  else if (narrow !== undefined) raw = stats32Table.decode(view, narrow.start, narrow.end);
  else return noStats;
  return {
    connections: raw.connections ?? 0n,
    inPackets: raw.inPackets ?? 0n,
    outPackets: raw.outPackets ?? 0n,
    inBytes: raw.inBytes ?? 0n,
    outBytes: raw.outBytes ?? 0n,
    connectionRate: raw.connectionRate ?? 0n,
    inPacketRate: raw.inPacketRate ?? 0n,
    outPacketRate: raw.outPacketRate ?? 0n,
    inByteRate: raw.inByteRate ?? 0n,
    outByteRate: raw.outByteRate ?? 0n,
  };
}

function required<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw DecodeError.missing(path);
  return value;
}

function addressFamily(value: number | undefined, path: string): AddressFamily {
  if (value === AddressFamily.ipv4 || value === AddressFamily.ipv6) return value;
  throw value === undefined ? DecodeError.missing(path) : DecodeError.value(path, value);
}

function addressOf(family: AddressFamily, words: IpAddress | undefined, path: string): IpAddress {
  if (words === undefined) throw DecodeError.missing(path);
  return family === AddressFamily.ipv6 ? words : new IpAddress(AddressFamily.ipv4, words.w0);
}

/** An IPv4 mask is in network order on the wire, a prefix length in host order. Its own inverse. */
function netmaskOnWire(family: AddressFamily, netmask: number): number {
  if (family === AddressFamily.ipv6 || !littleEndian) return netmask;
  return ((netmask << 24) | ((netmask & 0xff00) << 8) | ((netmask >>> 8) & 0xff00) | (netmask >>> 24)) >>> 0;
}
