import type { IpAddress } from '../ipvs/address.js';
import {
  ServiceFlag,
  type Destination,
  type DestinationKey,
  type Service,
  type ServiceKey,
} from '../ipvs/model.js';

/** A service and its real servers, as configured. */
export interface TableEntry {
  readonly service: Service;
  readonly destinations: readonly Destination[];
}

/** A service with its servers by {@link destinationId}. */
export interface TableService {
  service: Service;
  readonly destinations: Map<string, Destination>;
}

/** A table of services by {@link serviceId}, in order. */
export type Table = Map<string, TableService>;

/** The key that was asked for last, and its id: lines of rules have one in common with those before them. */
let latestKey: ServiceKey | undefined;
let latestId = '';

/** What tells services apart, as a string. */
export function serviceId(key: ServiceKey): string {
  if (key === latestKey) return latestId;
  const { family, protocol, address, port, fwmark } = key;
  latestId = fwmark === 0 ? `${protocol} ${addressId(address)} ${port}` : `fwmark ${fwmark} ${family}`;
  latestKey = key;
  return latestId;
}

/** What tells the servers of a service apart, as a string. */
export function destinationId({ address, port }: DestinationKey): string {
  return `${addressId(address)} ${port}`;
}

function addressId({ family, w0, w1, w2, w3 }: IpAddress): string {
  // Small integers become text faster than others.
  return family === 2 ? `${w0 | 0}` : `${w0 | 0}.${w1 | 0}.${w2 | 0}.${w3 | 0}`;
}

/** The table of these entries; of two with the same key the later counts. */
export function tableOf(entries: Iterable<TableEntry>): Table {
  const table: Table = new Map();
  for (const { service, destinations } of entries) {
    table.set(serviceId(service), {
      service,
      destinations: new Map(destinations.map((destination) => [destinationId(destination), destination])),
    });
  }
  return table;
}

/** Whether two services with the same key are configured alike. Timeout and mask mean nothing without persistence. */
export function sameService(a: Service, b: Service): boolean {
  return (
    a.scheduler === b.scheduler &&
    // The kernel's own mark that the service is in its table.
    ((a.flags ^ b.flags) & ~ServiceFlag.hashed) === 0 &&
    ((a.flags & ServiceFlag.persistent) === 0 || (a.timeout === b.timeout && a.netmask === b.netmask)) &&
    a.persistenceEngine === b.persistenceEngine
  );
}

/** Whether two servers with the same key are configured alike. */
export function sameDestination(a: Destination, b: Destination): boolean {
  return (
    a.forwarding === b.forwarding &&
    a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold &&
    a.tunnelType === b.tunnelType &&
    a.tunnelPort === b.tunnelPort &&
    a.tunnelFlags === b.tunnelFlags
  );
}
