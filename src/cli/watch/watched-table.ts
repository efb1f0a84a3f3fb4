import type { ListedService } from '../../ipvs/listing.js';
import type {
  Destination,
  DestinationEntry,
  DestinationKey,
  Service,
  ServiceEntry,
  ServiceKey,
} from '../../ipvs/model.js';
import { forwardingName, protocolName } from '../../output/classic.js';
import { endpointText, type EntryNames } from '../../output/entry-names.js';
import { serviceName } from '../../output/plain-names.js';
import type { HistoryName, Mark, Rates, WatchedService, WatchRow } from '../../output/watch/rows.js';
import { destinationId, sameDestination, sameService, serviceId } from '../../rules/table.js';
import { RateMeter } from './rate-meter.js';

/** So many seconds a mark stays, and a service or server that is gone. */
const markTime = 5;

/** Something that changed between two looks; before or after is missing where it came or went. */
export type TableChange =
  | {
      readonly kind: 'service';
      readonly before: Service | undefined;
      readonly after: Service | undefined;
    }
  | {
      readonly kind: 'server';
      readonly service: ServiceKey;
      readonly before: Destination | undefined;
      readonly after: Destination | undefined;
    };

/**
 * The services and servers that were seen, with their rates and what changed, from one look to the next. Those that
 * are gone stay for a while, marked.
 */
export class WatchedTable {
  readonly #services = new Map<string, ServiceState>();
  #order: ServiceState[] = [];
  #names: EntryNames;

  constructor(names: EntryNames) {
    this.#names = names;
  }

  /** Names may have been found meanwhile. */
  rename(names: EntryNames): void {
    this.#names = names;
    for (const state of this.#services.values()) state.rename(names);
  }

  /**
   * Takes a look, so many seconds after the one before, and gives what changed. The first look changes nothing: pass
   * undefined.
   */
  look(listed: readonly ListedService[], elapsed: number | undefined): TableChange[] {
    const changes: TableChange[] = [];
    const present = new Set<string>();
    const order: ServiceState[] = [];
    for (const entry of listed) {
      const id = serviceId(entry.service);
      present.add(id);
      let state = this.#services.get(id);
      if (state === undefined) {
        state = new ServiceState(entry.service, this.#names, elapsed === undefined ? undefined : 'new');
        this.#services.set(id, state);
        if (elapsed !== undefined) changes.push({ kind: 'service', before: undefined, after: entry.service });
      } else {
        state.look(entry.service, elapsed ?? 0, changes);
      }
      state.lookAtServers(entry.destinations, elapsed, this.#names, changes);
      order.push(state);
    }
    for (const [id, state] of this.#services) {
      if (present.has(id)) continue;
      if (state.leave(elapsed ?? 0)) {
        changes.push({ kind: 'service', before: state.service, after: undefined });
      }
      if (state.isForgotten) this.#services.delete(id);
    }
    this.#order = this.#withDeparted(order);
    return changes;
  }

  /** The rates of a service at the latest look; undefined where there was no look before. */
  ofService(service: ServiceKey): Rates | undefined {
    return ratesOf(this.#services.get(serviceId(service))?.row);
  }

  /** The same of a server. */
  ofServer(service: ServiceKey, destination: DestinationKey): Rates | undefined {
    return ratesOf(this.#services.get(serviceId(service))?.server(destinationId(destination))?.row);
  }

  /** What the screen shows. */
  services(): readonly WatchedService[] {
    return this.#order;
  }

  /** Those that are gone keep their place behind the one that was before them. */
  #withDeparted(order: readonly ServiceState[]): ServiceState[] {
    return mergeDeparted(this.#order, order, (state) => state.row.mark === 'gone' && !state.isForgotten);
  }
}

function ratesOf(row: EntryState | undefined): Rates | undefined {
  return row?.meter.hasDifference === true ? row.rates : undefined;
}

/** Puts what is gone, but still shown, behind what it stood behind before. */
function mergeDeparted<T>(before: readonly T[], now: readonly T[], isShown: (item: T) => boolean): T[] {
  const departed = new Map<T | undefined, T[]>();
  let previous: T | undefined;
  const present = new Set(now);
  for (const item of before) {
    if (present.has(item)) {
      previous = item;
    } else if (isShown(item)) {
      departed.set(previous, [...(departed.get(previous) ?? []), item]);
    }
  }
  if (departed.size === 0) return [...now];
  return [
    ...(departed.get(undefined) ?? []),
    ...now.flatMap((item) => [item, ...(departed.get(item) ?? [])]),
  ];
}

/** What services and servers have in common. */
class EntryState implements WatchRow {
  name: string;
  mark: Mark | undefined;
  method = '';
  weight = 0;
  weightBefore: number | undefined;
  active = 0;
  inactive = 0;
  readonly meter: RateMeter;
  /** Seconds that the mark has been there. */
  #marked = 0;

  constructor(name: string, meter: RateMeter, mark: Mark | undefined) {
    this.name = name;
    this.meter = meter;
    this.mark = mark;
  }

  get rates(): Rates {
    return this.meter.rates;
  }

  history(of: HistoryName): readonly number[] {
    return this.meter.history(of);
  }

  setMark(mark: Mark): void {
    this.mark = mark;
    this.#marked = 0;
    if (mark === 'gone') this.meter.stop();
  }

  /** Lets time go by for the mark; true when it has been there long enough. */
  age(elapsed: number): boolean {
    if (this.mark === undefined) return false;
    this.#marked += elapsed;
    return this.#marked >= markTime;
  }

  unmark(): void {
    this.mark = undefined;
    this.weightBefore = undefined;
  }
}

class ServiceState implements WatchedService {
  readonly row: EntryState;
  service: ServiceEntry;
  isForgotten = false;
  servers: readonly WatchRow[] = [];
  readonly #servers = new Map<string, ServerState>();
  #order: ServerState[] = [];

  constructor(service: ServiceEntry, names: EntryNames, mark: Mark | undefined) {
    this.service = service;
    this.row = new EntryState(nameOfService(service, names), new RateMeter(service.stats), mark);
    this.row.method = service.scheduler;
  }

  server(id: string): ServerState | undefined {
    return this.#servers.get(id);
  }

  rename(names: EntryNames): void {
    this.row.name = nameOfService(this.service, names);
    for (const server of this.#servers.values()) server.rename(this.service, names);
  }

  look(service: ServiceEntry, elapsed: number, changes: TableChange[]): void {
    const before = this.service;
    this.service = service;
    this.row.meter.measure(service.stats, elapsed);
    if (this.row.mark === 'gone') {
      this.row.setMark('new');
      this.isForgotten = false;
      changes.push({ kind: 'service', before: undefined, after: service });
    } else if (!sameService(before, service)) {
      this.row.setMark('changed');
      changes.push({ kind: 'service', before, after: service });
    } else if (this.row.age(elapsed)) {
      this.row.unmark();
    }
    this.row.method = service.scheduler;
  }

  lookAtServers(
    destinations: readonly DestinationEntry[],
    elapsed: number | undefined,
    names: EntryNames,
    changes: TableChange[],
  ): void {
    const present = new Set<string>();
    const order: ServerState[] = [];
    let [weight, active, inactive] = [0, 0, 0];
    for (const destination of destinations) {
      const id = destinationId(destination);
      present.add(id);
      let state = this.#servers.get(id);
      if (state === undefined) {
        const mark = elapsed === undefined ? undefined : 'new';
        state = new ServerState(this.service, destination, names, mark);
        this.#servers.set(id, state);
        if (elapsed !== undefined) {
          changes.push({ kind: 'server', service: this.service, before: undefined, after: destination });
        }
      } else {
        state.look(this.service, destination, elapsed ?? 0, changes);
      }
      weight += destination.weight;
      active += destination.activeConnections;
      inactive += destination.inactiveConnections;
      order.push(state);
    }
    Object.assign(this.row, { weight, active, inactive });
    if (this.#servers.size > present.size) this.#leaveServers(present, elapsed ?? 0, changes);
    this.#order = mergeDeparted(
      this.#order,
      order,
      ({ row, isForgotten }) => row.mark === 'gone' && !isForgotten,
    );
    this.servers = this.#order.map(({ row }) => row);
  }

  /** The service is not there; true when it was at the look before. */
  leave(elapsed: number): boolean {
    const left = this.row.mark !== 'gone';
    if (left) {
      this.row.setMark('gone');
      for (const { row } of this.#servers.values()) row.setMark('gone');
    } else {
      this.isForgotten = this.row.age(elapsed);
    }
    return left;
  }

  #leaveServers(present: ReadonlySet<string>, elapsed: number, changes: TableChange[]): void {
    for (const [id, state] of this.#servers) {
      if (present.has(id)) continue;
      if (state.leave(elapsed)) {
        changes.push({ kind: 'server', service: this.service, before: state.destination, after: undefined });
      }
      if (state.isForgotten) this.#servers.delete(id);
    }
  }
}

class ServerState {
  readonly row: EntryState;
  destination: DestinationEntry;
  isForgotten = false;

  constructor(service: ServiceKey, destination: DestinationEntry, names: EntryNames, mark: Mark | undefined) {
    this.destination = destination;
    const name = nameOfServer(service, destination, names);
    this.row = new EntryState(name, new RateMeter(destination.stats), mark);
    this.#show(destination);
  }

  rename(service: ServiceKey, names: EntryNames): void {
    this.row.name = nameOfServer(service, this.destination, names);
  }

  look(service: ServiceKey, destination: DestinationEntry, elapsed: number, changes: TableChange[]): void {
    const before = this.destination;
    const { row } = this;
    this.destination = destination;
    row.meter.measure(destination.stats, elapsed);
    if (row.mark === 'gone') {
      row.unmark();
      row.setMark('new');
      this.isForgotten = false;
      changes.push({ kind: 'server', service, before: undefined, after: destination });
    } else if (!sameDestination(before, destination)) {
      row.setMark('changed');
      if (before.weight !== destination.weight) row.weightBefore = before.weight;
      changes.push({ kind: 'server', service, before, after: destination });
    } else if (row.age(elapsed)) {
      row.unmark();
    }
    this.#show(destination);
  }

  /** The server is not there; true when it was at the look before. */
  leave(elapsed: number): boolean {
    const left = this.row.mark !== 'gone';
    if (left) this.row.setMark('gone');
    else this.isForgotten = this.row.age(elapsed);
    return left;
  }

  #show({ forwarding, weight, activeConnections, inactiveConnections }: DestinationEntry): void {
    this.row.method = forwardingName(forwarding);
    this.row.weight = weight;
    this.row.active = activeConnections;
    this.row.inactive = inactiveConnections;
  }
}

function nameOfService(service: ServiceKey, names: EntryNames): string {
  if (service.fwmark !== 0) return serviceName(service);
  const { address, port, protocol } = service;
  return `${protocolName(protocol)} ${endpointText(address, port, protocol, names)}`;
}

function nameOfServer(
  { protocol }: ServiceKey,
  { address, port }: DestinationEntry,
  names: EntryNames,
): string {
  return endpointText(address, port, protocol, names);
}
