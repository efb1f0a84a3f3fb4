import { Forwarding, isOfOtherFamily } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { applyToSettings, inverseSettings, type Settings } from './settings.js';
import { serviceId, type Table } from './table.js';
import { applyToTable, inverseOperations } from './virtual-table.js';

/** A table and what stands beside it, in memory. */
export interface VirtualDirector {
  readonly table: Table;
  readonly settings: Settings;
}

const EINVAL = 22;

/**
 * Carries out an operation as the kernel would. Gives the error number of what it refuses because of what is there or
 * not; what else it may refuse is not known here.
 */
export function applyToDirector(director: VirtualDirector, operation: Operation): number | undefined {
  const { table, settings } = director;
  return (
    familyRefusal(director, operation) ??
    applyToTable(table, operation) ??
    applyToSettings(settings, operation)
  );
}

/** The operations that undo one that is about to be carried out on this director. */
export function inverseOnDirector({ table, settings }: VirtualDirector, operation: Operation): Operation[] {
  return inverseOperations(table, operation).concat(inverseSettings(settings, operation));
}

/**
 * Sync daemons and servers of another family than their service's exclude one another, and only a tunnel leads to such
 * a server (`ip_vs_genl_set_cmd` in `net/netfilter/ipvs/ip_vs_ctl.c`).
 */
function familyRefusal({ table, settings }: VirtualDirector, operation: Operation): number | undefined {
  if (operation.kind === 'newDaemon') return hasMixedFamilies(table) ? EINVAL : undefined;
  if (operation.kind !== 'newDest' && operation.kind !== 'setDest') return undefined;
  const { service, destination } = operation;
  if (!isOfOtherFamily(service, destination)) return undefined;
  if (settings.daemons.size === 0 && destination.forwarding === Forwarding.tunnel) return undefined;
  return table.has(serviceId(service)) ? EINVAL : undefined;
}

function hasMixedFamilies(table: Table): boolean {
  for (const { service, destinations } of table.values()) {
    for (const destination of destinations.values()) if (isOfOtherFamily(service, destination)) return true;
  }
  return false;
}
