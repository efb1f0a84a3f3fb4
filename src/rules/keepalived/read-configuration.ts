import type { Timeouts } from '../../ipvs/model.js';
import { largestTimeout } from '../../ipvs/limits.js';
import { destinationId, serviceId, tableOf, type Table, type TableEntry } from '../table.js';
import type { ReadOptions } from './lines.js';
import type { ConfigurationText, Inclusion, Notice, Notify } from './source.js';
import { readStatements, type Statement } from './statements.js';
import { parseNumber } from './values.js';
import { readGroup, readVirtualServer, type GroupMember } from './virtual-servers.js';

/** What a keepalived configuration says of the table. */
export interface KeepalivedTable {
  readonly table: Table;
  /** Those of `lvs_timeouts`; undefined where there is none. 0 leaves a timeout as it is. */
  readonly timeouts: Timeouts | undefined;
  /** What was left out or changed, a notice for each kind at its first place. */
  readonly notices: readonly (Notice & { readonly count: number })[];
}

/**
 * The table that keepalived 2.2 makes of a configuration (`keepalived.conf(5)`) while every check succeeds. Checkers,
 * quorums, sorry servers and VRRP are left out with notices. Throws {@link ConfigurationError} and what `inclusion`
 * throws.
 */
export function readConfiguration(
  source: ConfigurationText,
  inclusion: Inclusion,
  configId?: string,
): KeepalivedTable {
  const notices = new Map<string, Notice & { count: number }>();
  const notify: Notify = (place, kind) => {
    const known = notices.get(kind);
    if (known === undefined) notices.set(kind, { place, kind, count: 1 });
    else known.count++;
  };
  const options: ReadOptions = { inclusion, notify, configId };
  const groups = new Map<string, readonly GroupMember[]>();
  const virtualServers: Statement[] = [];
  let timeouts: Timeouts | undefined;
  for (const statement of readStatements(source, options)) {
    const { keyword, values, place, body = [] } = statement;
    if (keyword === 'virtual_server_group') {
      groups.set(values[0] ?? '', readGroup(statement, notify));
    } else if (keyword === 'virtual_server') {
      virtualServers.push(statement);
    } else if (keyword === 'global_defs') {
      timeouts = readGlobals(body, notify) ?? timeouts;
    } else {
      notify(place, `ignored: ${keyword}`);
    }
  }
  const entries = virtualServers.flatMap((statement) => readVirtualServer(statement, groups, notify));
  return { table: merged(entries), timeouts, notices: [...notices.values()] };
}

function readGlobals(body: readonly Statement[], notify: Notify): Timeouts | undefined {
  let timeouts: Timeouts | undefined;
  for (const { keyword, values, place } of body) {
    timeouts = (keyword === 'lvs_timeouts' ? readTimeouts(values) : undefined) ?? timeouts;
    if (keyword !== 'lvs_timeouts') notify(place, `ignored: ${keyword}`);
    else if (timeouts === undefined) notify(place, `ignored: lvs_timeouts ${values.join(' ')}`);
  }
  return timeouts;
}

const timeoutWords: ReadonlyMap<string, keyof Timeouts> = new Map([
  ['tcp', 'tcp'],
  ['tcpfin', 'tcpFin'],
  ['udp', 'udp'],
]);

function readTimeouts(values: readonly string[]): Timeouts | undefined {
  const timeouts = { tcp: 0, tcpFin: 0, udp: 0 };
  for (let i = 0; i < values.length; i += 2) {
    const name = timeoutWords.get(values[i] ?? '');
    const seconds = parseNumber(values[i + 1], 1, largestTimeout);
    if (name === undefined || seconds === undefined) return undefined;
    timeouts[name] = seconds;
  }
  return timeouts;
}

/** Of services that are there twice the first counts, and has the servers of both. */
function merged(entries: readonly TableEntry[]): Table {
  const table = tableOf([]);
  for (const { service, destinations } of entries) {
    const id = serviceId(service);
    const known = table.get(id) ?? { service, destinations: new Map() };
    table.set(id, known);
    for (const destination of destinations) {
      const key = destinationId(destination);
      if (!known.destinations.has(key)) known.destinations.set(key, destination);
    }
  }
  return table;
}
