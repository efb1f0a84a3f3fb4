import { AddressFamily, isMulticast, parseAddress, parseIpv4, type IpAddress } from '../../ipvs/address.js';
import {
  daemonKeys,
  daemonStateRows,
  destinationKeys,
  documentKeys,
  familyRows,
  forwardingRows,
  persistenceKeys,
  protocolRows,
  serviceFlagRows,
  serviceKeys,
  timeoutKeys,
  tunnelFlagRows,
  tunnelKeys,
  tunnelTypeRows,
} from '../../ipvs/json-form.js';
import {
  defaultInterface,
  defaultPersistence,
  defaultScheduler,
  largestCount,
  largestFwmark,
  largestPort,
  largestSyncId,
  largestSyncMessage,
  largestTimeout,
  largestTtl,
  nameLengths,
} from '../../ipvs/limits.js';
import {
  addressService,
  DaemonState,
  Forwarding,
  fwmarkService,
  hostNetmask,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
  type SyncDaemon,
  type Timeouts,
} from '../../ipvs/model.js';
import { schedulerFlagNames } from '../../ipvs/scheduler-flags.js';
import { destinationTrouble, serviceTrouble, thresholdTrouble } from '../../ipvs/validity.js';
import { TextPlaces, type SourcePlace } from '../rule-error.js';
import { destinationId, serviceId, type TableEntry } from '../table.js';
import { parseJson, showText } from './parse.js';
import { JsonValue, type JsonObject } from './values.js';

/** A part of a table read from its JSON form: the very object. */
export type JsonItem = Service | Destination | SyncDaemon | Timeouts;

/** A table read from its JSON form. */
export interface JsonTable {
  readonly entries: readonly TableEntry[];
  /** Undefined where the text says nothing of them. */
  readonly timeouts: Timeouts | undefined;
  /** The sync daemons that the text names, one of a state at most. */
  readonly daemons: readonly SyncDaemon[];
  /** Where an item stands in the text. */
  readonly placeOf: (item: JsonItem) => SourcePlace | undefined;
  /** The line of that place. */
  readonly lineOf: (item: JsonItem) => number | undefined;
}

/**
 * Reads the table from its JSON form, as `-S --json` and `-L --json` print it. What a listing tells beside the
 * configuration (counters and the like) is passed over; an unknown key is refused. What is not told has the default
 * of the command line. Throws {@link RuleError} at the first trouble.
 */
export function readJsonTable(text: string): JsonTable {
  const starts = new Map<JsonItem, number>();
  const places = new TextPlaces(text);
  const document = new JsonValue(places, parseJson(text)).object(documentKeys);
  const known = new Map<string, JsonValue>();
  const entries = document
    .require('services')
    .array()
    .map((value): TableEntry => {
      const fields = value.object(serviceKeys);
      const service = readService(fields);
      refuseSecond(known, serviceId(service), value, 'service', places);
      starts.set(service, value.at);
      return { service, destinations: readDestinations(fields, service, starts, places) };
    });
  const look =
    <T>(find: (at: number) => T) =>
    (item: JsonItem): T | undefined => {
      const at = starts.get(item);
      return at === undefined ? undefined : find(at);
    };
  return {
    entries,
    ...readSettings(document, starts),
    placeOf: look((at) => places.place(at)),
    lineOf: look((at) => places.line(at)),
  };
}

type DocumentFields = JsonObject<keyof typeof documentKeys>;
type ServiceFields = JsonObject<keyof typeof serviceKeys>;
type DestinationFields = JsonObject<keyof typeof destinationKeys>;

function refuseSecond(
  known: Map<string, JsonValue>,
  id: string,
  value: JsonValue,
  what: string,
  places: TextPlaces,
): void {
  const first = known.get(id);
  if (first !== undefined) {
    throw value.error(`this ${what} stands in line ${places.line(first.at)} already`);
  }
  known.set(id, value);
}

function readSettings(
  document: DocumentFields,
  starts: Map<JsonItem, number>,
): Pick<JsonTable, 'timeouts' | 'daemons'> {
  const timeoutsValue = document.get('timeouts');
  const timeouts = timeoutsValue === undefined ? undefined : readTimeouts(timeoutsValue);
  if (timeouts !== undefined) starts.set(timeouts, timeoutsValue?.at ?? 0);
  const daemons: SyncDaemon[] = [];
  for (const value of document.get('daemons')?.array() ?? []) {
    const daemon = readDaemon(value);
    if (daemons.some(({ state }) => state === daemon.state)) {
      throw value.error('a second sync daemon of the same state');
    }
    starts.set(daemon, value.at);
    daemons.push(daemon);
  }
  return { timeouts, daemons };
}

/** 0 leaves a timeout as it is. */
function readTimeouts(value: JsonValue): Timeouts {
  const fields = value.object(timeoutKeys);
  const seconds = (key: keyof typeof timeoutKeys): number => fields.get(key)?.number(0, largestTimeout) ?? 0;
  return { tcp: seconds('tcp'), tcpFin: seconds('tcp_fin'), udp: seconds('udp') };
}

function readDaemon(value: JsonValue): SyncDaemon {
  const fields = value.object(daemonKeys);
  const name = fields.get('interface');
  const maxLength = fields.get('max_length')?.number(1, largestSyncMessage);
  const group = fields.get('group');
  const port = fields.get('port')?.number(1, largestPort);
  const ttl = fields.get('ttl')?.number(1, largestTtl);
  return {
    state:
      fields.require('state').named(daemonStateRows) === DaemonState.master
        ? DaemonState.master
        : DaemonState.backup,
    interface: name === undefined ? defaultInterface : readName(name, nameLengths.interface),
    syncId: fields.get('sync_id')?.number(0, largestSyncId) ?? 0,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(group === undefined ? {} : { group: readGroup(group) }),
    ...(port === undefined ? {} : { port }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

function readGroup(value: JsonValue): IpAddress {
  const address = readAddress(value);
  if (!isMulticast(address)) throw value.error(`${showText(address.toString())} is no multicast address`);
  return address;
}

function readService(fields: ServiceFields): Service {
  const key = readServiceKey(fields);
  const scheduler =
    fields.get('scheduler') === undefined
      ? defaultScheduler
      : readName(fields.require('scheduler'), nameLengths.scheduler);
  const persistence = readPersistence(fields.get('persistence'), key.family);
  const service = {
    ...key,
    scheduler,
    flags:
      (persistence.timeout > 0 ? ServiceFlag.persistent : 0) |
      (fields.get('flags')?.bits(serviceFlagRows) ?? 0) |
      readSchedulerFlags(fields.get('scheduler_flags'), scheduler),
    ...persistence,
  };
  const trouble = serviceTrouble(service);
  if (trouble !== undefined) throw fields.error(trouble.property, trouble.reason);
  return service;
}

function readServiceKey(fields: ServiceFields): ServiceKey {
  const fwmark = fields.get('fwmark');
  if (fwmark !== undefined) {
    fields.refuse(['protocol', 'address', 'port'], 'a service has either a fwmark or an address');
    const family = fields.get('family')?.named(familyRows);
    return fwmarkService(
      fwmark.number(1, largestFwmark),
      family === AddressFamily.ipv6 ? AddressFamily.ipv6 : AddressFamily.ipv4,
    );
  }
  fields.refuse(['family'], 'only a service by fwmark has a family of its own');
  return addressService(
    fields.require('protocol').named(protocolRows),
    readAddress(fields.require('address')),
    fields.require('port').number(0, largestPort),
  );
}

function readAddress(value: JsonValue): IpAddress {
  const text = value.string();
  const address = parseAddress(text);
  if (address === undefined) throw value.error(`${showText(text)} is no IPv4 or IPv6 address`);
  return address;
}

function readName(value: JsonValue, longest: number): string {
  const name = value.string();
  const length = Buffer.byteLength(name);
  if (length < 1 || length > longest || /[\u0000- \u007f-\u009f]/.test(name)) {
    throw value.error(`${showText(name)} is no name of 1 to ${longest} bytes`);
  }
  return name;
}

function readSchedulerFlags(value: JsonValue | undefined, scheduler: string): number {
  let bits = 0;
  for (const item of value?.array() ?? []) {
    const name = item.string();
    const flag = schedulerFlagNames.find((row) => row.name === name);
    if (flag === undefined) throw item.error(`unknown scheduler flag ${showText(name)}`);
    if (flag.scheduler !== undefined && flag.scheduler !== scheduler) {
      throw item.error(`the flag ${showText(name)} is not one of the scheduler ${showText(scheduler)}`);
    }
    if ((bits & flag.bit) !== 0) throw item.error(`the flag ${showText(name)} comes twice`);
    bits |= flag.bit;
  }
  return bits;
}

function readPersistence(
  value: JsonValue | undefined,
  family: AddressFamily,
): Pick<Service, 'timeout' | 'netmask' | 'persistenceEngine'> {
  const fields = value?.object(persistenceKeys);
  const netmask = fields?.get('netmask');
  const engine = fields?.get('engine');
  return {
    timeout:
      fields === undefined ? 0 : (fields.get('timeout')?.number(0, largestTimeout) ?? defaultPersistence),
    netmask: netmask === undefined ? hostNetmask(family) : readNetmask(netmask, family),
    persistenceEngine: engine === undefined ? '' : readName(engine, nameLengths.persistenceEngine),
  };
}

function readNetmask(value: JsonValue, family: AddressFamily): number {
  if (family === AddressFamily.ipv6) return value.number(1, 128);
  const text = value.string();
  const mask = parseIpv4(text);
  if (mask === undefined) throw value.error(`${showText(text)} is no IPv4 netmask`);
  return mask.w0;
}

function readDestinations(
  serviceFields: ServiceFields,
  service: Service,
  starts: Map<JsonItem, number>,
  places: TextPlaces,
): Destination[] {
  const known = new Map<string, JsonValue>();
  const values = serviceFields.get('destinations')?.array() ?? [];
  return values.map((value) => {
    const destination = readDestination(value.object(destinationKeys), service);
    refuseSecond(known, destinationId(destination), value, 'destination', places);
    starts.set(destination, value.at);
    return destination;
  });
}

function readDestination(fields: DestinationFields, service: Service): Destination {
  const forwarding = readForwarding(fields.get('forwarding'));
  const count = (key: 'weight' | 'upper_threshold' | 'lower_threshold', missing: number): number =>
    fields.get(key)?.number(0, largestCount) ?? missing;
  const destination = {
    address: readAddress(fields.require('address')),
    port: fields.get('port')?.number(0, largestPort) ?? service.port,
    forwarding,
    weight: count('weight', 1),
    upperThreshold: count('upper_threshold', 0),
    lowerThreshold: count('lower_threshold', 0),
    ...readTunnel(fields, forwarding),
  };
  const trouble = destinationTrouble(service, destination);
  if (trouble !== undefined) throw fields.error(trouble.property, trouble.reason);
  const thresholds = thresholdTrouble(destination);
  if (thresholds !== undefined) throw fields.error('lower_threshold', thresholds.reason);
  return destination;
}

/** The kernel finds out by itself which servers are local, and makes bypasses by itself. */
function readForwarding(value: JsonValue | undefined): number {
  if (value === undefined) return Forwarding.route;
  const forwarding = value.named(forwardingRows.filter((row) => row.value !== Forwarding.bypass));
  return forwarding === Forwarding.local ? Forwarding.route : forwarding;
}

/** The tunnel flags of which a type takes one (`ipvsadm(8)`). */
const tunnelFlagsByType: Readonly<Record<number, number | undefined>> = {
  [TunnelType.gue]: TunnelFlag.csum | TunnelFlag.remcsum,
  [TunnelType.gre]: TunnelFlag.csum,
};

function readTunnel(
  fields: DestinationFields,
  forwarding: number,
): Pick<Destination, 'tunnelType' | 'tunnelPort' | 'tunnelFlags'> {
  const value = fields.get('tunnel');
  if (value !== undefined && forwarding !== Forwarding.tunnel) {
    throw value.error('only a server with forwarding "tunnel" has one');
  }
  const tunnel = value?.object(tunnelKeys);
  const tunnelType = tunnel?.get('type')?.named(tunnelTypeRows) ?? TunnelType.ipip;
  const allowed = tunnelFlagsByType[tunnelType] ?? 0;
  if (tunnelType !== TunnelType.gue) tunnel?.refuse(['port'], 'only a gue tunnel has a port');
  if (allowed === 0) tunnel?.refuse(['flags'], 'an ipip tunnel has no flags');
  const tunnelPort =
    tunnelType === TunnelType.gue ? (tunnel?.require('port').number(1, largestPort) ?? 0) : 0;
  const flags = tunnel?.get('flags');
  const tunnelFlags = flags?.bits(tunnelFlagRows.filter((row) => (row.value & allowed) !== 0)) ?? 0;
  if (flags !== undefined && tunnelFlags === (TunnelFlag.csum | TunnelFlag.remcsum)) {
    throw flags.error('"csum" and "remcsum" exclude one another');
  }
  return { tunnelType, tunnelPort, tunnelFlags };
}
