import type { ServiceDifference } from '../ipvs/difference.js';
import type { DaemonState } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { compareTables } from './compare.js';
import type { Kernel } from './kernel.js';
import { planOf } from './plan.js';
import { readKernelTable } from './read-table.js';
import { compareSettings, settingOperations } from './setting-differences.js';
import { readSettings, type Settings } from './settings.js';
import { destinationId, serviceId, type Table } from './table.js';

/**
 * The operations that make what others touched as it was `before`, whether those were carried out or not: the kernel
 * is asked what it has. What they did not touch is left as it is. Without settings theirs are not restored. Throws
 * what the client throws.
 */
export async function restoration(
  client: Kernel,
  table: Table,
  settings: Settings | undefined,
  touching: readonly Operation[],
): Promise<Operation[]> {
  const touched = new Touched(touching);
  const now = await readKernelTable(client, (service) => touched.hasAnyOf(serviceId(service)));
  const before = new Map(Array.from(table).filter(([id]) => touched.hasAnyOf(id)));
  const differences = compareTables(now, before).flatMap((difference) => touched.partOf(difference));
  const { additionsAndEdits, removals } = planOf(differences);
  const [stopped, started] =
    settings === undefined ? [[], []] : settingsRestoration(await readSettings(client), settings, touched);
  return [...stopped, ...latestFirst(additionsAndEdits), ...removals, ...started];
}

/** What operations name. */
class Touched {
  readonly #services = new Set<string>();
  readonly #servers = new Map<string, Set<string>>();
  readonly daemons = new Set<DaemonState>();
  #isAll = false;
  hasTimeouts = false;

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) this.#add(operation);
  }

  #add(operation: Operation): void {
    switch (operation.kind) {
      case 'newService':
      case 'setService':
      case 'delService':
        this.#services.add(serviceId(operation.service));
        break;
      case 'newDest':
      case 'setDest':
      case 'delDest': {
        const id = serviceId(operation.service);
        const servers = this.#servers.get(id) ?? new Set();
        this.#servers.set(id, servers.add(destinationId(operation.destination)));
        break;
      }
      case 'flush':
        this.#isAll = true;
        break;
      case 'setConfig':
        this.hasTimeouts = true;
        break;
      case 'newDaemon':
      case 'delDaemon':
        this.daemons.add(operation.daemon.state);
        break;
      case 'zero':
        break;
    }
  }

  /** Whether something of the service is touched. */
  hasAnyOf(id: string): boolean {
    return this.#isAll || this.#services.has(id) || this.#servers.has(id);
  }

  /** What of a difference between now and before is about what was touched; nothing or one. */
  partOf(difference: ServiceDifference): ServiceDifference[] {
    const id = serviceId(difference.service);
    if (this.#isAll || this.#services.has(id)) return [difference];
    // Another program made or removed the service.
    if (difference.before === undefined || difference.after === undefined) return [];
    const servers = this.#servers.get(id);
    const destinations = difference.destinations.filter(({ before, after }) => {
      const server = before ?? after;
      return server !== undefined && servers?.has(destinationId(server)) === true;
    });
    return [{ ...difference, serviceChanged: false, destinations }];
  }
}

/** The kernel lists the latest server first: those that come back are added in the reverse order of the list. */
function latestFirst(operations: readonly Operation[]): Operation[] {
  const services = operations.filter(({ kind }) => kind === 'newService' || kind === 'setService');
  const servers = operations.filter(({ kind }) => kind === 'newDest' || kind === 'setDest');
  return services.concat(servers.reverse());
}

/**
 * Daemons that are to be stopped before the table is restored, and timeouts and daemons that follow it: the kernel has
 * no sync daemon beside servers of another family than their service's.
 */
function settingsRestoration(
  now: Settings,
  before: Settings,
  touched: Touched,
): readonly [stopped: Operation[], started: Operation[]] {
  const stopped: Operation[] = [];
  const started: Operation[] = [];
  const daemons = Array.from(before.daemons.values()).filter(({ state }) => touched.daemons.has(state));
  const differences = compareSettings(
    { timeouts: now.timeouts, daemons: Array.from(now.daemons.values()) },
    { timeouts: touched.hasTimeouts ? before.timeouts : undefined, daemons },
  );
  for (const operation of differences.flatMap(settingOperations)) {
    (operation.kind === 'delDaemon' ? stopped : started).push(operation);
  }
  for (const daemon of now.daemons.values()) {
    if (!touched.daemons.has(daemon.state) || before.daemons.has(daemon.state)) continue;
    stopped.push({ kind: 'delDaemon', daemon });
  }
  return [stopped, started];
}
