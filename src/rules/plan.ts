import type { Operation } from '../ipvs/operation.js';
import { sameDestination, sameService, type Table } from './table.js';

/**
 * The fewest operations that make `current` like `target`. Additions and edits come before removals, so that
 * traffic always has somewhere to go; entries that are alike are not touched.
 */
export function planChanges(current: Table, target: Table): Operation[] {
  const changes: Operation[] = [];
  const removals: Operation[] = [];
  for (const [id, wanted] of target) {
    const { service } = wanted;
    const present = current.get(id);
    if (present === undefined) changes.push({ kind: 'newService', service });
    else if (!sameService(present.service, service)) changes.push({ kind: 'setService', service });
    for (const [serverId, destination] of wanted.destinations) {
      const old = present?.destinations.get(serverId);
      if (old === undefined) changes.push({ kind: 'newDest', service, destination });
      else if (!sameDestination(old, destination)) changes.push({ kind: 'setDest', service, destination });
    }
    for (const [serverId, destination] of present?.destinations ?? []) {
      if (!wanted.destinations.has(serverId)) removals.push({ kind: 'delDest', service, destination });
    }
  }
  for (const [id, { service }] of current) {
    if (!target.has(id)) removals.push({ kind: 'delService', service });
  }
  return changes.concat(removals);
}
