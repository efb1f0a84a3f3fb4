import type { Operation } from '../ipvs/operation.js';
import { destinationId, serviceId, type Table, type TableService } from './table.js';

// What the kernel answers for entries that are or are not there (`net/netfilter/ipvs/ip_vs_ctl.c`).
const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;
const ERANGE = 34;

/**
 * Carries out an operation on a table in memory as the kernel would on its own. Gives the error number of what the
 * kernel refuses because an entry is there or is not, or because of its thresholds; what else it may refuse is not
 * known here.
 */
export function applyToTable(table: Table, operation: Operation): number | undefined {
  switch (operation.kind) {
    case 'newService': {
      const id = serviceId(operation.service);
      if (table.has(id)) return EEXIST;
      table.set(id, { service: operation.service, destinations: new Map() });
      return undefined;
    }
    case 'setService': {
      const entry = table.get(serviceId(operation.service));
      if (entry === undefined) return ESRCH;
      entry.service = operation.service;
      return undefined;
    }
    case 'delService':
      return table.delete(serviceId(operation.service)) ? undefined : ESRCH;
    case 'newDest':
    case 'setDest': {
      const destinations = table.get(serviceId(operation.service))?.destinations;
      if (destinations === undefined) return ESRCH;
      if (operation.destination.lowerThreshold > operation.destination.upperThreshold) return ERANGE;
      const id = destinationId(operation.destination);
      if (destinations.has(id) === (operation.kind === 'newDest')) {
        return operation.kind === 'newDest' ? EEXIST : ENOENT;
      }
      destinations.set(id, operation.destination);
      return undefined;
    }
    case 'delDest': {
      const destinations = table.get(serviceId(operation.service))?.destinations;
      if (destinations === undefined) return ESRCH;
      return destinations.delete(destinationId(operation.destination)) ? undefined : ENOENT;
    }
    case 'flush':
      table.clear();
      return undefined;
    case 'zero':
      return operation.service === undefined || table.has(serviceId(operation.service)) ? undefined : ESRCH;
    case 'setConfig':
    case 'newDaemon':
    case 'delDaemon':
      return undefined;
  }
}

/**
 * The operations that undo an operation which is about to be carried out on this table, in the order in which they
 * are to be done. Counters that were zeroed and what lies outside the table can't be undone from it.
 */
export function inverseOperations(table: Table, operation: Operation): Operation[] {
  switch (operation.kind) {
    case 'newService':
      return [{ kind: 'delService', service: operation.service }];
    case 'setService': {
      const old = table.get(serviceId(operation.service))?.service;
      return old === undefined ? [] : [{ kind: 'setService', service: old }];
    }
    case 'delService': {
      const old = table.get(serviceId(operation.service));
      return old === undefined ? [] : recreate(old);
    }
    case 'newDest':
      return [{ kind: 'delDest', service: operation.service, destination: operation.destination }];
    case 'setDest':
    case 'delDest': {
      const old = table
        .get(serviceId(operation.service))
        ?.destinations.get(destinationId(operation.destination));
      if (old === undefined) return [];
      return [
        {
          kind: operation.kind === 'setDest' ? 'setDest' : 'newDest',
          service: operation.service,
          destination: old,
        },
      ];
    }
    case 'flush':
      return Array.from(table.values(), recreate).flat();
    case 'zero':
    case 'setConfig':
    case 'newDaemon':
    case 'delDaemon':
      return [];
  }
}

/** The kernel lists the latest server first: the last one is added first, so that their order is as it was. */
function recreate({ service, destinations }: TableService): Operation[] {
  const operations: Operation[] = [{ kind: 'newService', service }];
  for (const destination of Array.from(destinations.values()).reverse()) {
    operations.push({ kind: 'newDest', service, destination });
  }
  return operations;
}

/** A table that can be changed without changing this one. */
export function copyTable(table: Table): Table {
  return new Map(
    Array.from(table, ([id, { service, destinations }]) => [
      id,
      { service, destinations: new Map(destinations) },
    ]),
  );
}
