import type { IpAddress } from '../../ipvs/address.js';
import type { Connection } from '../../ipvs/connections.js';
import type { Listed } from '../../ipvs/listing.js';
import type { DestinationKey, ServiceKey } from '../../ipvs/model.js';
import type { NameService } from '../../names/name-service.js';
import { numericNames, type EntryNames } from '../../output/entry-names.js';

/** The names to print a table with: none, or those of every address in it. */
export async function tableNames(
  entries: readonly Listed<ServiceKey, DestinationKey>[],
  numeric: boolean,
  names: NameService,
): Promise<EntryNames> {
  if (numeric) return numericNames;
  await names.resolveAddresses(tableAddresses(entries));
  return names;
}

function* tableAddresses(entries: readonly Listed<ServiceKey, DestinationKey>[]): Iterable<IpAddress> {
  for (const { service, destinations } of entries) {
    if (service.fwmark === 0) yield service.address;
    for (const { address } of destinations) yield address;
  }
}

/** The names to print connections with: none, or those of every address in them. */
export async function connectionNames(
  connections: readonly Connection[],
  numeric: boolean,
  names: NameService,
): Promise<EntryNames> {
  if (numeric) return numericNames;
  await names.resolveAddresses(connectionAddresses(connections));
  return names;
}

function* connectionAddresses(connections: readonly Connection[]): Iterable<IpAddress> {
  for (const { client, virtual, destination } of connections) {
    yield client;
    yield virtual;
    yield destination;
  }
}
