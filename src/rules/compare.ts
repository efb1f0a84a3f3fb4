import type { DestinationDifference, ServiceDifference } from '../ipvs/difference.js';
import { sameDestination, sameService, type Table, type TableService } from './table.js';

/**
 * What is different between two tables: services in the order of `after`, then those that only `before` has. Empty
 * when they are alike.
 */
export function compareTables(before: Table, after: Table): ServiceDifference[] {
  const differences: ServiceDifference[] = [];
  for (const [id, entry] of after) {
    const difference = compareServices(before.get(id), entry);
    if (difference !== undefined) differences.push(difference);
  }
  for (const [id, { service, destinations }] of before) {
    if (after.has(id)) continue;
    differences.push({
      service,
      before: service,
      after: undefined,
      serviceChanged: true,
      destinations: Array.from(destinations.values(), (old) => ({ before: old, after: undefined })),
    });
  }
  return differences;
}

function compareServices(
  before: TableService | undefined,
  after: TableService,
): ServiceDifference | undefined {
  const serviceChanged = before === undefined || !sameService(before.service, after.service);
  const destinations = compareDestinations(before, after);
  if (!serviceChanged && destinations.length === 0) return undefined;
  return {
    service: after.service,
    before: before?.service,
    after: after.service,
    serviceChanged,
    destinations,
  };
}

function compareDestinations(before: TableService | undefined, after: TableService): DestinationDifference[] {
  const differences: DestinationDifference[] = [];
  for (const [id, wanted] of after.destinations) {
    const old = before?.destinations.get(id);
    if (old === wanted) continue;
    if (old === undefined || !sameDestination(old, wanted)) differences.push({ before: old, after: wanted });
  }
  for (const [id, old] of before?.destinations ?? []) {
    if (!after.destinations.has(id)) differences.push({ before: old, after: undefined });
  }
  return differences;
}
