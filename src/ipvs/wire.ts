import { Table, type Attribute, type FieldsOf, type Infer } from '../netlink/attributes.js';
import { DecodeError } from '../netlink/errors.js';
import type { Command } from '../netlink/generic.js';
import { littleEndian, type ByteWriter } from '../netlink/writer.js';
import { AddressFamily, IpAddress, ipv4Unspecified, ipv6Unspecified, sameAddress } from './address.js';
import {
  formedDestination,
  formedService,
  formedServiceCounters,
  learnDestination,
  learnService,
  learnServiceCounters,
} from './formed.js';
import {
  DaemonState,
  type Destination,
  type DestinationEntry,
  type DestinationKey,
  type DestinationState,
  type Info,
  type Service,
  type ServiceEntry,
  type ServiceKey,
  type Stats,
  type SyncDaemon,
  type Timeouts,
} from './model.js';
import type { Operation } from './operation.js';
import { messageTable } from './message-table.js';
import { Requests } from './requests.js';
import * as schema from './schema.js';

// Between attributes and model: here alone stands what one attribute means because of another.

const infoTable = new Table(schema.info, 'info');
const serviceTable = messageTable.child('service');
const destinationTable = messageTable.child('destination');
const daemonTable = messageTable.child('daemon');
const message = messageTable.fields;
const service = serviceTable.fields;
const serviceStats = {
  narrow: () => serviceTable.child('stats'),
  wide: () => serviceTable.child('stats64'),
};
const destinationStats = {
  narrow: () => destinationTable.child('stats'),
  wide: () => destinationTable.child('stats64'),
};

type ServiceAttributes = Infer<typeof schema.service>;
type DestinationAttributes = Infer<typeof schema.destination>;

/** Made when it is needed. */
let requests: Requests | undefined;

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
      requests ??= new Requests(messageTable);
      if (requests.putDestination(writer, operation.service, operation.destination)) break;
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
  requests ??= new Requests(messageTable);
  if (requests.putService(writer, key)) return;
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

function daemonAttributes(daemon: SyncDaemon): Infer<typeof schema.daemon> {
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
  const formed = formedService(view, start, end);
  const formedStats = formed === undefined ? undefined : formedServiceCounters(view, start, end);
  if (formed !== undefined && formedStats !== undefined) return { ...formed, stats: formedStats };
  const config = readServiceConfig(view, start, end);
  const stats = decodeStats(view, service, serviceStats);
  learnService(view, start, end);
  learnServiceCounters(view, start, end);
  return { ...config, stats };
}

/** Reads the attributes of a service, but for its counters. Throws `DecodeError`. */
export function decodeServiceConfig(view: DataView, start: number, end: number): Service {
  const formed = formedService(view, start, end);
  if (formed !== undefined) return formed;
  const config = readServiceConfig(view, start, end);
  learnService(view, start, end);
  return config;
}

function readServiceConfig(view: DataView, start: number, end: number): Service {
  messageTable.read(view, start, end);
  serviceTable.readSpan(view, message.service.required());
  const family = addressFamily(service.family);
  const fwmark = service.fwmark.value ?? 0;
  const byMark = fwmark !== 0;
  return {
    family,
    protocol: byMark ? 0 : service.protocol.required(),
    address: byMark ? unspecified(family) : addressOf(family, service.address.required()),
    port: byMark ? 0 : service.port.required(),
    fwmark,
    scheduler: service.scheduler.value ?? '',
    flags: service.flags.required(),
    timeout: service.timeout.required(),
    netmask: netmaskOnWire(family, service.netmask.required()),
    persistenceEngine: service.persistenceEngine.value ?? '',
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
  const state = decodeDestinationState(view, start, end, serviceFamily);
  return { ...state, stats: decodeStats(view, destinationTable.fields, destinationStats) };
}

/** {@link decodeDestination} without the counters. */
export function decodeDestinationState(
  view: DataView,
  start: number,
  end: number,
  serviceFamily: AddressFamily,
): DestinationState {
  messageTable.read(view, start, end);
  destinationTable.readSpan(view, message.destination.required());
  const destination = destinationTable.fields;
  const family = destination.family.value === undefined ? serviceFamily : addressFamily(destination.family);
  return {
    address: addressOf(family, destination.address.required()),
    port: destination.port.required(),
    forwarding: destination.forwarding.required(),
    weight: destination.weight.required(),
    upperThreshold: destination.upperThreshold.required(),
    lowerThreshold: destination.lowerThreshold.required(),
    tunnelType: destination.tunnelType.value ?? 0,
    tunnelPort: destination.tunnelPort.value ?? 0,
    tunnelFlags: destination.tunnelFlags.value ?? 0,
    activeConnections: destination.activeConnections.required(),
    inactiveConnections: destination.inactiveConnections.required(),
    persistentConnections: destination.persistentConnections.required(),
  };
}

/**
 * Reads the configuration of destinations one after the other. One that is just as another that is at hand is that very
 * object: tables are mostly read to be compared with one that is known, and are alike for the most part.
 */
export class DestinationReader {
  readonly #family: AddressFamily;
  readonly #alike: readonly Destination[];
  #next: number;

  /** `family` is that of the service. The kernel lists the latest destination first, so `alike` is used from its end. */
  constructor(family: AddressFamily, alike: readonly Destination[]) {
    this.#family = family;
    this.#alike = alike;
    this.#next = alike.length - 1;
  }

  /** Reads the attributes of the next one. Throws `DecodeError`. */
  readonly read = (view: DataView, start: number, end: number): Destination => {
    const likely = this.#alike[this.#next];
    const formed = formedDestination(view, start, end, likely);
    if (formed === undefined) {
      const read = this.#readUnformed(view, start, end);
      learnDestination(view, start, end);
      return read;
    }
    if (likely !== undefined && isSameServer(formed, likely)) this.#next--;
    return formed;
  };

  #readUnformed(view: DataView, start: number, end: number): Destination {
    messageTable.read(view, start, end);
    destinationTable.readSpan(view, message.destination.required());
    const destination = destinationTable.fields;
    const family = destination.family.value === undefined ? this.#family : addressFamily(destination.family);
    const words = destination.address.required();
    const port = destination.port.required();
    const guess = this.#alike[this.#next];
    if (guess?.port === port && guess.address.family === family && sameWords(guess.address, words)) {
      this.#next--;
      if (isConfiguredAs(guess)) return guess;
    }
    return {
      address: addressOf(family, words),
      port,
      forwarding: destination.forwarding.required(),
      weight: destination.weight.required(),
      upperThreshold: destination.upperThreshold.required(),
      lowerThreshold: destination.lowerThreshold.required(),
      tunnelType: destination.tunnelType.value ?? 0,
      tunnelPort: destination.tunnelPort.value ?? 0,
      tunnelFlags: destination.tunnelFlags.value ?? 0,
    };
  }
}

function isSameServer(a: Destination, b: Destination): boolean {
  return a === b || (a.port === b.port && sameAddress(a.address, b.address));
}

/** Whether a destination is configured as the one that was read last. */
function isConfiguredAs(other: Destination): boolean {
  const destination = destinationTable.fields;
  return (
    destination.forwarding.value === other.forwarding &&
    destination.weight.value === other.weight &&
    destination.upperThreshold.value === other.upperThreshold &&
    destination.lowerThreshold.value === other.lowerThreshold &&
    (destination.tunnelType.value ?? 0) === other.tunnelType &&
    (destination.tunnelPort.value ?? 0) === other.tunnelPort &&
    (destination.tunnelFlags.value ?? 0) === other.tunnelFlags
  );
}

function sameWords(address: IpAddress, words: IpAddress): boolean {
  if (address.w0 !== words.w0) return false;
  if (address.family === AddressFamily.ipv4) return true;
  return address.w1 === words.w1 && address.w2 === words.w2 && address.w3 === words.w3;
}

/** Reads the attributes of a sync daemon. Throws `DecodeError`. */
export function decodeDaemon(view: DataView, start: number, end: number): SyncDaemon {
  messageTable.read(view, start, end);
  daemonTable.readSpan(view, message.daemon.required());
  const daemon = daemonTable.fields;
  const state = daemon.state.required();
  if (state !== DaemonState.master && state !== DaemonState.backup) {
    throw DecodeError.value(daemon.state.path, state);
  }
  const maxLength = daemon.maxLength.value;
  const group =
    daemon.group.value === undefined
      ? daemon.group6.value
      : new IpAddress(AddressFamily.ipv4, daemon.group.value);
  const port = daemon.port.value;
  const ttl = daemon.ttl.value;
  return {
    state,
    interface: daemon.interface.required(),
    syncId: daemon.syncId.required(),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(group === undefined ? {} : { group }),
    ...(port === undefined ? {} : { port }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

/** Reads the connection timeouts; a protocol that the kernel was built without has 0. Throws `DecodeError`. */
export function decodeTimeouts(view: DataView, start: number, end: number): Timeouts {
  messageTable.read(view, start, end);
  return {
    tcp: message.timeoutTcp.value ?? 0,
    tcpFin: message.timeoutTcpFin.value ?? 0,
    udp: message.timeoutUdp.value ?? 0,
  };
}

/** Reads what the kernel says about itself. Throws `DecodeError`. */
export function decodeInfo(view: DataView, start: number, end: number): Info {
  infoTable.read(view, start, end);
  const { version, connectionTableSize } = infoTable.fields;
  return { version: version.required(), connectionTableSize: connectionTableSize.required() };
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

/** The counters in 64 bits if they are there, else in 32, else zeros. */
function decodeStats(
  view: DataView,
  owner: typeof service | typeof destinationTable.fields,
  tables: typeof serviceStats | typeof destinationStats,
): Stats {
  const wide = owner.stats64.value;
  if (wide !== undefined) {
    const table = tables.wide();
    table.readSpan(view, wide);
    return statsOf(table.fields);
  }
  const narrow = owner.stats.value;
  if (narrow === undefined) return noStats;
  const table = tables.narrow();
  table.readSpan(view, narrow);
  return statsOf(table.fields);
}

function statsOf(fields: FieldsOf<typeof schema.stats64>): Stats {
  return {
    connections: fields.connections.value ?? 0n,
    inPackets: fields.inPackets.value ?? 0n,
    outPackets: fields.outPackets.value ?? 0n,
    inBytes: fields.inBytes.value ?? 0n,
    outBytes: fields.outBytes.value ?? 0n,
    connectionRate: fields.connectionRate.value ?? 0n,
    inPacketRate: fields.inPacketRate.value ?? 0n,
    outPacketRate: fields.outPacketRate.value ?? 0n,
    inByteRate: fields.inByteRate.value ?? 0n,
    outByteRate: fields.outByteRate.value ?? 0n,
  };
}

function addressFamily(attribute: Attribute<number>): AddressFamily {
  const value = attribute.required();
  if (value === AddressFamily.ipv4 || value === AddressFamily.ipv6) return value;
  throw DecodeError.value(attribute.path, value);
}

function addressOf(family: AddressFamily, words: IpAddress): IpAddress {
  return family === AddressFamily.ipv6 ? words : new IpAddress(AddressFamily.ipv4, words.w0);
}

function unspecified(family: AddressFamily): IpAddress {
  return family === AddressFamily.ipv6 ? ipv6Unspecified : ipv4Unspecified;
}

/** An IPv4 mask is in network order on the wire, a prefix length in host order. Its own inverse. */
function netmaskOnWire(family: AddressFamily, netmask: number): number {
  if (family === AddressFamily.ipv6 || !littleEndian) return netmask;
  return ((netmask << 24) | ((netmask & 0xff00) << 8) | ((netmask >>> 8) & 0xff00) | (netmask >>> 24)) >>> 0;
}
