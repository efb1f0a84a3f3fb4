import { AddressFamily, ipv4Text, type IpAddress } from '../ipvs/address.js';
import type { Connection } from '../ipvs/connections.js';
import {
  daemonStateRows,
  familyRows,
  forwardingRows,
  nameOfNumber,
  namesOfBits,
  protocolRows,
  serviceFlagRows,
  tunnelFlagRows,
  tunnelTypeRows,
  type connectionKeys,
  type daemonKeys,
  type destinationKeys,
  type endpointKeys,
  type persistenceKeys,
  type serviceKeys,
  type statsKeys,
  type timeoutKeys,
  type tunnelKeys,
} from '../ipvs/json-form.js';
import type { ListedService } from '../ipvs/listing.js';
import {
  Forwarding,
  hostNetmask,
  ServiceFlag,
  TunnelType,
  versionText,
  type Destination,
  type Info,
  type Service,
  type ServiceKey,
  type Stats,
  type SyncDaemon,
  type Timeouts,
} from '../ipvs/model.js';
import { schedulerFlagList } from '../ipvs/scheduler-flags.js';
import { protocolNumber } from './connections.js';
import { numericNames, type EntryNames } from './entry-names.js';
import { jsonPieces, jsonText, type JsonData } from './json-text.js';

// docs/json.md describes the form; its keys stand in ipvs/json-form.ts, where the reader of rule files has them from.

/** What a listing of the whole table says beside the services. */
export interface TableHead {
  readonly info: Info;
  /** Counters of the whole table, where they can be read. */
  readonly total: Stats | undefined;
}

type Members<Name extends string> = { readonly [key in Name]?: JsonData | undefined };

export interface JsonOptions {
  /** A member or item a line; all in one line if not given. */
  readonly pretty?: boolean | undefined;
}

export interface NamedJsonOptions extends JsonOptions {
  /** Names to stand beside numbers; none if not given. */
  readonly names?: EntryNames | undefined;
}

export interface ListingJsonOptions extends NamedJsonOptions {
  /** What is said of the whole table; left out for a part of it. */
  readonly head?: TableHead | undefined;
}

/** The listing of the table as JSON, in pieces. */
export function listingJson(
  entries: Iterable<ListedService>,
  { head, names = numericNames, pretty = false }: ListingJsonOptions = {},
): Generator<string, void, undefined> {
  const members =
    head === undefined
      ? {}
      : {
          info: {
            version: versionText(head.info.version),
            connection_table_size: head.info.connectionTableSize,
          },
          total: head.total === undefined ? undefined : statsMembers(head.total),
        };
  return jsonPieces(
    members,
    'services',
    map(entries, (entry) => listedService(entry, names)),
    { pretty },
  );
}

/** What is configured beside services and servers. */
export interface SavedSettings {
  readonly timeouts: Timeouts;
  readonly daemons: readonly SyncDaemon[];
}

export interface ConfigurationJsonOptions extends JsonOptions {
  /** Left out if not given. */
  readonly settings?: SavedSettings | undefined;
}

/** The configuration as JSON, in pieces: a rule file. */
export function configurationJson(
  entries: Iterable<{ readonly service: Service; readonly destinations: readonly Destination[] }>,
  { settings, pretty = false }: ConfigurationJsonOptions = {},
): Generator<string, void, undefined> {
  const head =
    settings === undefined
      ? {}
      : {
          timeouts: timeoutsMembers(settings.timeouts),
          daemons: settings.daemons.map((daemon) => daemonMembers(daemon)),
        };
  const services = map(entries, ({ service, destinations }) => ({
    ...serviceMembers(service),
    destinations: destinations.map((destination) => destinationMembers(destination, service)),
  }));
  return jsonPieces(head, 'services', services, { pretty });
}

/** The members of the JSON form that tell a service and its configuration, without its servers. */
export function serviceMembers(service: Service): Members<keyof typeof serviceKeys> {
  return { ...serviceIdentity(service, numericNames), ...serviceConfiguration(service) };
}

/** The members of the JSON form that tell a server and its configuration. */
export function destinationMembers(
  destination: Destination,
  service: ServiceKey,
): Members<keyof typeof destinationKeys> {
  // Whether a server is local its own kernel finds out.
  const { forwarding } = destination;
  const configured = forwarding === Forwarding.local ? Forwarding.route : forwarding;
  return {
    ...destinationIdentity(destination, service, numericNames),
    ...destinationConfiguration({ ...destination, forwarding: configured }),
  };
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U, void, undefined> {
  for (const item of items) yield change(item);
}

function listedService(
  { service, destinations }: ListedService,
  names: EntryNames,
): Members<keyof typeof serviceKeys> {
  return {
    ...serviceIdentity(service, names),
    ...serviceConfiguration(service),
    ...statsMembers(service.stats),
    destinations: destinations.map((destination) => ({
      ...destinationIdentity(destination, service, names),
      ...destinationConfiguration(destination),
      active_connections: destination.activeConnections,
      inactive_connections: destination.inactiveConnections,
      persistent_connections: destination.persistentConnections,
      ...statsMembers(destination.stats),
    })),
  };
}

/** The members of the JSON form that tell which service is meant. */
export function serviceIdentity(service: ServiceKey, names: EntryNames): Members<keyof typeof serviceKeys> {
  if (service.fwmark !== 0) {
    return { fwmark: service.fwmark, family: nameOfNumber(familyRows, service.family) };
  }
  return {
    protocol: nameOfNumber(protocolRows, service.protocol),
    ...endpoint(service.address, service.port, service.protocol, names),
  };
}

function destinationIdentity(
  { address, port }: Destination,
  { protocol }: ServiceKey,
  names: EntryNames,
): Members<keyof typeof destinationKeys> {
  return endpoint(address, port, protocol, names);
}

type Endpoint = Members<keyof typeof endpointKeys>;

function endpoint(address: IpAddress, port: number, protocol: number, names: EntryNames): Endpoint {
  return {
    address: address.toString(),
    host_name: names.hostName(address),
    port,
    port_name: names.portName(port, protocol),
  };
}

function serviceConfiguration(service: Service): Members<keyof typeof serviceKeys> {
  return {
    scheduler: service.scheduler,
    scheduler_flags: schedulerFlagList(service.flags, service.scheduler),
    flags: namesOfBits(serviceFlagRows, service.flags),
    persistence: persistence(service),
  };
}

/** Nothing for a service that is not persistent and has nothing laid down for when it will be. */
function persistence({
  family,
  flags,
  timeout,
  netmask,
  persistenceEngine,
}: Service): Members<keyof typeof persistenceKeys> | undefined {
  const persistent = (flags & ServiceFlag.persistent) !== 0;
  if (!persistent && netmask === hostNetmask(family) && persistenceEngine === '') return undefined;
  return {
    timeout: persistent ? timeout : 0,
    netmask: family === AddressFamily.ipv4 ? ipv4Text(netmask) : netmask,
    engine: persistenceEngine === '' ? undefined : persistenceEngine,
  };
}

function destinationConfiguration(destination: Destination): Members<keyof typeof destinationKeys> {
  return {
    forwarding: nameOfNumber(forwardingRows, destination.forwarding),
    weight: destination.weight,
    upper_threshold: destination.upperThreshold,
    lower_threshold: destination.lowerThreshold,
    tunnel: destination.forwarding === Forwarding.tunnel ? tunnel(destination) : undefined,
  };
}

function tunnel({ tunnelType, tunnelPort, tunnelFlags }: Destination): Members<keyof typeof tunnelKeys> {
  return {
    type: nameOfNumber(tunnelTypeRows, tunnelType),
    port: tunnelType === TunnelType.gue ? tunnelPort : undefined,
    flags: tunnelType === TunnelType.ipip ? undefined : namesOfBits(tunnelFlagRows, tunnelFlags),
  };
}

function statsMembers(stats: Stats): Members<'stats' | 'rates'> {
  return {
    stats: {
      connections: stats.connections,
      in_packets: stats.inPackets,
      out_packets: stats.outPackets,
      in_bytes: stats.inBytes,
      out_bytes: stats.outBytes,
    } satisfies Record<keyof typeof statsKeys, JsonData>,
    rates: {
      connections: stats.connectionRate,
      in_packets: stats.inPacketRate,
      out_packets: stats.outPacketRate,
      in_bytes: stats.inByteRate,
      out_bytes: stats.outByteRate,
    } satisfies Record<keyof typeof statsKeys, JsonData>,
  };
}

/** A connection as a line of JSON. */
export function connectionJson(
  entry: Connection,
  { names = numericNames, pretty = false }: NamedJsonOptions = {},
): string {
  const protocol = protocolNumber(entry.protocol);
  const end = (address: IpAddress, port: number): Endpoint => endpoint(address, port, protocol, names);
  const members: Members<keyof typeof connectionKeys> = {
    protocol: entry.protocol.toLowerCase(),
    client: end(entry.client, entry.clientPort),
    virtual: end(entry.virtual, entry.virtualPort),
    destination: end(entry.destination, entry.destinationPort),
    state: entry.state,
    expires: Math.max(entry.expires, 0),
    persistence_engine: entry.persistenceEngine === '' ? undefined : entry.persistenceEngine,
    persistence_data: entry.persistenceEngine === '' ? undefined : entry.persistenceData,
  };
  return `${jsonText(members, { pretty })}\n`;
}

/** The connection timeouts in seconds as JSON. */
export function timeoutsJson(timeouts: Timeouts, { pretty = false }: JsonOptions = {}): string {
  return `${jsonText({ timeouts: timeoutsMembers(timeouts) }, { pretty })}\n`;
}

/** The members of the JSON form that tell the connection timeouts. */
export function timeoutsMembers({ tcp, tcpFin, udp }: Timeouts): Members<keyof typeof timeoutKeys> {
  return { tcp, tcp_fin: tcpFin, udp };
}

/** The sync daemons as JSON; what the kernel does not report is left out. */
export function daemonsJson(daemons: readonly SyncDaemon[], { pretty = false }: JsonOptions = {}): string {
  return `${jsonText({ daemons: daemons.map((daemon) => daemonMembers(daemon)) }, { pretty })}\n`;
}

/** The members of the JSON form that tell a sync daemon. */
export function daemonMembers(daemon: SyncDaemon): Members<keyof typeof daemonKeys> {
  return {
    state: nameOfNumber(daemonStateRows, daemon.state),
    interface: daemon.interface,
    sync_id: daemon.syncId,
    max_length: daemon.maxLength,
    group: daemon.group?.toString(),
    port: daemon.port,
    ttl: daemon.ttl,
  };
}
