import { NetlinkError } from '../netlink/errors.js';
import type { Kernel } from './kernel.js';
import type { Selector } from './selector.js';
import { tableOf, type Table, type TableEntry } from './table.js';

/**
 * What the kernel has: the services that `scope` means, all without it, with their servers. A service that goes away
 * meanwhile is left out. Throws what the client throws.
 */
export async function readKernelTable(client: Kernel, scope: Selector = everything): Promise<Table> {
  const entries: TableEntry[] = [];
  for (const service of await client.serviceConfigs()) {
    if (!scope(service)) continue;
    try {
      entries.push({ service, destinations: await client.destinationStates(service) });
    } catch (error) {
      if (!(error instanceof NetlinkError && error.code === 'ESRCH')) throw error;
    }
  }
  return tableOf(entries);
}

/** The scope of all services. */
export function everything(): boolean {
  return true;
}
