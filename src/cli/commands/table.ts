import type { IpvsClient } from '../../ipvs/client.js';
import type { IpAddress } from '../../ipvs/address.js';
import type { DestinationEntry, ServiceEntry, ServiceKey } from '../../ipvs/model.js';
import { compareDestinations, compareServices, mergeSort } from '../../ipvs/order.js';
import { NetlinkError } from '../../netlink/errors.js';
import type { NameService } from '../../names/name-service.js';
import { numericNames, type EntryNames } from '../../output/entry-names.js';
import type { TableEntry } from '../../output/classic.js';

export interface TableQuery {
  /** Only this service; all of them if not given. */
  readonly service?: ServiceKey;
  readonly sorted: boolean;
}

/**
 * The services and their servers. A service that goes away meanwhile is left out. Rejects with `NetlinkError` when
 * the one service asked for is not there.
 */
export async function readTable(client: IpvsClient, query: TableQuery): Promise<TableEntry[]> {
  const services: readonly ServiceEntry[] =
    query.service === undefined ? await client.services() : [await client.service(query.service)];
  const ordered = query.sorted ? mergeSort(services, compareServices) : services;
  const entries: TableEntry[] = [];
  for (const service of ordered) {
    const destinations = await destinationsOf(client, service);
    if (destinations === undefined) continue;
    entries.push({
      service,
      destinations: query.sorted ? mergeSort(destinations, compareDestinations) : destinations,
    });
  }
  return entries;
}

async function destinationsOf(
  client: IpvsClient,
  service: ServiceKey,
): Promise<DestinationEntry[] | undefined> {
  try {
    return await client.destinations(service);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return undefined;
    throw error;
  }
}

/** The names to print a table with: none, or those of every address in it. */
export async function namesFor(
  entries: readonly TableEntry[],
  numeric: boolean,
  names: NameService,
): Promise<EntryNames> {
  if (numeric) return numericNames;
  await names.resolveAddresses(addressesOf(entries));
  return names;
}

function* addressesOf(entries: readonly TableEntry[]): Iterable<IpAddress> {
  for (const { service, destinations } of entries) {
    if (service.fwmark === 0) yield service.address;
    for (const { address } of destinations) yield address;
  }
}
