import { NetlinkError } from '../netlink/errors.js';
import type { IpvsClient } from './client.js';
import type { DestinationEntry, ServiceEntry, ServiceKey } from './model.js';
import { compareDestinations, compareServices, mergeSort } from './order.js';

/** A service and its servers with all that the kernel tells of them. */
export interface ListedService {
  readonly service: ServiceEntry;
  readonly destinations: readonly DestinationEntry[];
}

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
export async function readListing(
  client: IpvsClient,
  { service: only, sorted = false }: ListingOptions = {},
): Promise<ListedService[]> {
  const services = only === undefined ? await client.services() : [await client.service(only)];
  const listed: ListedService[] = [];
  for (const service of sorted ? mergeSort(services, compareServices) : services) {
    const destinations = await destinationsOf(client, service);
    // The kernel lists nothing for a service that is gone, as for one without servers.
    if (destinations.length === 0 && !(await isThere(client, service))) continue;
    listed.push({
      service,
      destinations: sorted ? mergeSort(destinations, compareDestinations) : destinations,
    });
  }
  return listed;
}

async function destinationsOf(client: IpvsClient, service: ServiceKey): Promise<DestinationEntry[]> {
  try {
    return await client.destinations(service);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return [];
    throw error;
  }
}

async function isThere(client: IpvsClient, service: ServiceKey): Promise<boolean> {
  try {
    await client.service(service);
    return true;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return false;
    throw error;
  }
}
