import { NetlinkError } from '../netlink/errors.js';
import type { IpvsClient } from './client.js';
import type {
  DestinationEntry,
  DestinationKey,
  DestinationState,
  DestinationSummary,
  Service,
  ServiceEntry,
  ServiceKey,
} from './model.js';
import { compareDestinations, mergeSort, sortServices } from './order.js';

/** A service and its servers. */
export interface Listed<S, D> {
  readonly service: S;
  readonly destinations: readonly D[];
}

/** A service and its servers with all that the kernel tells of them. */
export type ListedService = Listed<ServiceEntry, DestinationEntry>;
/** A service and its servers without their counters. */
export type ListedState = Listed<Service, DestinationState>;
/** A service, and what the shortest listing tells of its servers. */
export type ListedSummary = Listed<Service, DestinationSummary>;

export interface ListingOptions {
  /** Only this service; all of them if not given. */
  readonly service?: ServiceKey | undefined;
  /** In the order in which ipvsadm lists; in the kernel's if not given. */
  readonly sorted?: boolean | undefined;
}

/**
 * Reads the services and their servers. A service that goes away meanwhile is left out. Throws `NetlinkError` with
 * `ESRCH` when the one service asked for is not there, and what the client throws.
 */
export function readListing(client: IpvsClient, options: ListingOptions = {}): Promise<ListedService[]> {
  return collect(client, options, {
    services: () => client.services(),
    service: (key) => client.service(key),
    destinations: (service) => client.destinations(service),
  });
}

/** As {@link readListing}, without the counters. */
export function readStates(client: IpvsClient, options: ListingOptions = {}): Promise<ListedState[]> {
  return collect(client, options, {
    services: () => client.serviceConfigs(),
    service: (key) => client.service(key),
    destinations: (service) => client.destinationStates(service),
  });
}

/**
 * As {@link readListing}, with the least that a listing needs of a server. The whole table's come from the kernel's
 * list of it, which costs a twentieth of asking for each service's; where the two disagree, from asking.
 */
export async function readSummaries(
  client: IpvsClient,
  options: ListingOptions = {},
): Promise<ListedSummary[]> {
  if (options.service !== undefined) return readStates(client, options);
  const services = await client.serviceConfigs();
  const { readTableFile } = await import('./table-file.js');
  const file = readTableFile(services);
  const places = new Map<ServiceKey, number>(services.map((service, index) => [service, index]));
  return collect(client, options, {
    services: () => Promise.resolve(services),
    service: (key) => client.service(key),
    destinations: (service) =>
      file?.destinations(places.get(service) ?? -1) ?? client.destinationStates(service),
  });
}

interface Source<S, D> {
  readonly services: () => Promise<readonly S[]>;
  readonly service: (key: ServiceKey) => Promise<S>;
  readonly destinations: (service: ServiceKey) => Promise<readonly D[]> | readonly D[];
}

async function collect<S extends ServiceKey, D extends DestinationKey>(
  client: IpvsClient,
  { service: only, sorted = false }: ListingOptions,
  source: Source<S, D>,
): Promise<Listed<S, D>[]> {
  const services = only === undefined ? await source.services() : [await source.service(only)];
  const listed: Listed<S, D>[] = [];
  for (const service of sorted ? sortServices(services) : services) {
    const found = source.destinations(service);
    const destinations = found instanceof Promise ? await orNone(found) : found;
    // The kernel lists nothing for a service that is gone, as for one without servers.
    if (destinations.length === 0 && found instanceof Promise && !(await isThere(client, service))) continue;
    listed.push({
      service,
      destinations: sorted ? mergeSort(destinations, compareDestinations) : destinations,
    });
  }
  return listed;
}

/** None when the service is gone. */
async function orNone<D>(found: Promise<readonly D[]>): Promise<readonly D[]> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return [];
    throw error;
  }
}

/** Whether the kernel has a service. */
export async function isThere(client: Pick<IpvsClient, 'service'>, service: ServiceKey): Promise<boolean> {
  try {
    await client.service(service);
    return true;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return false;
    throw error;
  }
}
