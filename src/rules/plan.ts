import type { ServiceDifference } from '../ipvs/difference.js';
import type { Operation } from '../ipvs/operation.js';
import { compareTables } from './compare.js';
import type { Table } from './table.js';

/** The operations that make up for differences, in the order in which they are to be done. */
export interface Plan {
  readonly additionsAndEdits: readonly Operation[];
  readonly removals: readonly Operation[];
}

/**
 * The fewest operations that make `current` like `target`. Additions and edits come before removals, so that
 * traffic always has somewhere to go; entries that are alike are not touched.
 */
export function planChanges(current: Table, target: Table): Operation[] {
  const { additionsAndEdits, removals } = planOf(compareTables(current, target));
  return additionsAndEdits.concat(removals);
}

/** The fewest operations that turn what is before into what is after. */
export function planOf(differences: readonly ServiceDifference[]): Plan {
  const additionsAndEdits: Operation[] = [];
  const removals: Operation[] = [];
  for (const { service, before, after, serviceChanged, destinations } of differences) {
    if (after === undefined) {
      removals.push({ kind: 'delService', service });
      continue;
    }
    if (serviceChanged) {
      additionsAndEdits.push({ kind: before === undefined ? 'newService' : 'setService', service: after });
    }
    for (const { before: old, after: wanted } of destinations) {
      if (wanted !== undefined) {
        const kind = old === undefined ? 'newDest' : 'setDest';
        additionsAndEdits.push({ kind, service, destination: wanted });
      } else if (old !== undefined) {
        removals.push({ kind: 'delDest', service, destination: old });
      }
    }
  }
  return { additionsAndEdits, removals };
}
