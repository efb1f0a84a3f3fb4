import type { ListedService } from '../../ipvs/listing.js';
import type { Destination, Service, ServiceKey, Stats } from '../../ipvs/model.js';
import { numericNames } from '../entry-names.js';
import { destinationMembers, serviceIdentity, serviceMembers } from '../json.js';
import { jsonText, type JsonData, type JsonMembers } from '../json-text.js';
import { rateNames, type RateName, type Rates } from './rows.js';

/** Rates by service and server; undefined before the first difference. */
export interface RateLookup {
  ofService(service: ServiceKey): Rates | undefined;
  ofServer(service: ServiceKey, destination: Destination): Rates | undefined;
}

const keys: Readonly<Record<RateName, string>> = {
  connections: 'connections',
  inPackets: 'in_packets',
  outPackets: 'out_packets',
  inBytes: 'in_bytes',
  outBytes: 'out_bytes',
};

/** What one look saw, as a line of JSON: the form of listings, with rates from the differences of counters. */
export function lookJson(time: Date, services: readonly ListedService[], rates: RateLookup): string {
  const members = {
    time: time.toISOString(),
    services: services.map(({ service, destinations }) => ({
      ...serviceMembers(service),
      ...countersOf(service.stats, rates.ofService(service)),
      destinations: destinations.map((destination) => ({
        ...destinationMembers(destination, service),
        active_connections: destination.activeConnections,
        inactive_connections: destination.inactiveConnections,
        persistent_connections: destination.persistentConnections,
        ...countersOf(destination.stats, rates.ofServer(service, destination)),
      })),
    })),
  };
  return `${jsonText(members, { pretty: false })}\n`;
}

/** A service that came, went or was configured otherwise, as a line of JSON. */
export function serviceChangeJson(
  time: Date,
  before: Service | undefined,
  after: Service | undefined,
): string {
  const [old, now] = [before, after].map((service) => service && serviceMembers(service));
  return changeJson(time, 'service', { service: now ?? old }, old, now);
}

/** The same of a server. */
export function serverChangeJson(
  time: Date,
  service: ServiceKey,
  before: Destination | undefined,
  after: Destination | undefined,
): string {
  const [old, now] = [before, after].map((server) => server && destinationMembers(server, service));
  return changeJson(
    time,
    'server',
    { service: serviceIdentity(service, numericNames), server: now ?? old },
    old,
    now,
  );
}

function changeJson(
  time: Date,
  what: 'service' | 'server',
  subject: JsonMembers,
  before: JsonMembers | undefined,
  after: JsonMembers | undefined,
): string {
  const how = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const members: JsonMembers = {
    time: time.toISOString(),
    event: `${what}_${how}`,
    ...subject,
    changes: how === 'changed' ? differences(before ?? {}, after ?? {}) : undefined,
  };
  return `${jsonText(members, { pretty: false })}\n`;
}

/** The members that are different, before and after. */
function differences(before: JsonMembers, after: JsonMembers): JsonMembers {
  const changes: Record<string, JsonMembers> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[key], after[key]];
    if (textOf(from) !== textOf(to)) changes[key] = { from, to };
  }
  return changes;
}

function textOf(value: JsonData | undefined): string {
  return value === undefined ? '' : jsonText(value, { pretty: false });
}

function countersOf(stats: Stats, rates: Rates | undefined): JsonMembers {
  const counters: Record<string, JsonData> = {};
  const perSecond: Record<string, JsonData> = {};
  for (const name of rateNames) {
    counters[keys[name]] = stats[name];
    if (rates !== undefined) perSecond[keys[name]] = Math.round(rates[name] * 1000) / 1000;
  }
  return { stats: counters, rates: rates === undefined ? undefined : perSecond };
}
