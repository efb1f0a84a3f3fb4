import type { Destination } from '../ipvs/model.js';
import { NetlinkError } from '../netlink/errors.js';
import type { Kernel } from './kernel.js';
import type { Selector } from './selector.js';
import { destinationId, serviceId, type Table, type TableService } from './table.js';

/**
 * What the kernel has: the services that `scope` means, all without it, with their servers. A service that goes away
 * meanwhile is left out. Servers that are as in `expected` are the objects of it. Throws what the client throws.
 */
export async function readKernelTable(
  client: Kernel,
  scope: Selector = everything,
  expected: Table = new Map(),
): Promise<Table> {
  const table: Table = new Map();
  for (const service of await client.serviceConfigs()) {
    if (!scope(service)) continue;
    const id = serviceId(service);
    const known = expected.get(id)?.destinations ?? none;
    const alike = Array.from(known.values());
    try {
      const destinations = await client.destinationConfigs(service, alike);
      table.set(id, { service, destinations: byId(destinations, alike, known) });
    } catch (error) {
      if (!(error instanceof NetlinkError && error.code === 'ESRCH')) throw error;
    }
  }
  return table;
}

const none: TableService['destinations'] = new Map();

/** Servers by their ids; those of servers that are known are not made anew. */
function byId(
  destinations: readonly Destination[],
  alike: readonly Destination[],
  known: TableService['destinations'],
): TableService['destinations'] {
  const ids = Array.from(known.keys());
  let next = alike.length - 1;
  const table: TableService['destinations'] = new Map();
  for (const destination of destinations) {
    const id = destination === alike[next] ? ids[next] : undefined;
    const own = id ?? destinationId(destination);
    if (own === ids[next]) next--;
    table.set(own, destination);
  }
  return table;
}

/** The scope of all services. */
export function everything(): boolean {
  return true;
}
