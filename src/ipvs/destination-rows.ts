import { NetlinkError } from '../netlink/errors.js';
import { Forms, type Places } from '../netlink/forms.js';
import type { Listener } from '../netlink/generic.js';
import { littleEndian } from '../netlink/writer.js';
import { AddressFamily, IpAddress } from './address.js';
import type { IpvsClient } from './client.js';
import { isThere } from './listing.js';
import { messageTable } from './message-table.js';
import { Forwarding, type DestinationEntry, type DestinationState, type ServiceKey } from './model.js';
import { compareDestinations, destinationOrder, mergeSort, type Order } from './order.js';
import { decodeDestination, decodeDestinationState } from './wire.js';

const keyPaths = {
  family: 'destination.family',
  address: 'destination.address',
  port: 'destination.port',
} as const;

const rulePaths = {
  ...keyPaths,
  forwarding: 'destination.forwarding',
  weight: 'destination.weight',
  upperThreshold: 'destination.upperThreshold',
  lowerThreshold: 'destination.lowerThreshold',
} as const;

/** A real server as it came from the kernel, in an object that is used again. */
export abstract class DestinationRow<D extends DestinationState, N extends string = string> {
  /** The whole server where it takes more than the other fields: a row then has the key alone. */
  other: D | undefined;
  /** The IPv4 address, the first word of another one. */
  w0 = 0;
  port = 0;
  /** The attributes that a message has to have for {@link read}: names from the outermost, joined by dots. */
  abstract readonly paths: Readonly<Record<N, string>>;

  /** Reads a message of a known form; false for a server that takes more than the fields of a row. */
  abstract read(view: DataView, start: number, places: Places<N>): boolean;
  abstract decode(view: DataView, start: number, end: number, family: AddressFamily): D;

  get address(): IpAddress {
    return this.other?.address ?? new IpAddress(AddressFamily.ipv4, this.w0);
  }
}

/** What a rule says of a server: IPv4, without a tunnel and thresholds. */
export class RuleRow extends DestinationRow<DestinationState, keyof typeof rulePaths> {
  readonly paths = rulePaths;
  forwarding = 0;
  weight = 0;

  read(view: DataView, start: number, places: Places<keyof typeof rulePaths>): boolean {
    const forwarding = view.getUint32(start + places.forwarding, littleEndian);
    if (forwarding > Forwarding.route || forwarding === Forwarding.tunnel) return false;
    if (view.getUint32(start + places.upperThreshold) !== 0) return false;
    if (view.getUint32(start + places.lowerThreshold) !== 0) return false;
    if (view.getUint16(start + places.family, littleEndian) !== AddressFamily.ipv4) return false;
    this.w0 = view.getUint32(start + places.address);
    this.port = view.getUint16(start + places.port);
    this.forwarding = forwarding;
    this.weight = view.getInt32(start + places.weight, littleEndian);
    return true;
  }

  decode(view: DataView, start: number, end: number, family: AddressFamily): DestinationState {
    return decodeDestinationState(view, start, end, family);
  }
}

const counterPaths = {
  stats: {
    first: 'destination.stats64.connections',
    second: 'destination.stats64.inPackets',
    third: 'destination.stats64.outPackets',
    fourth: 'destination.stats64.inBytes',
    fifth: 'destination.stats64.outBytes',
  },
  rate: {
    first: 'destination.stats64.connectionRate',
    second: 'destination.stats64.inPacketRate',
    third: 'destination.stats64.outPacketRate',
    fourth: 'destination.stats64.inByteRate',
    fifth: 'destination.stats64.outByteRate',
  },
} as const;

type CounterPlaces = Places<keyof typeof keyPaths | keyof (typeof counterPaths)['stats']>;

/** The five counters of an IPv4 server, or its five rates. They are exact: larger ones than 2^53 are in `other`. */
export class CounterRow extends DestinationRow<DestinationEntry, keyof CounterPlaces> {
  readonly paths: Readonly<Record<keyof CounterPlaces, string>>;
  first = 0;
  second = 0;
  third = 0;
  fourth = 0;
  fifth = 0;

  constructor(counters: keyof typeof counterPaths) {
    super();
    this.paths = { ...keyPaths, ...counterPaths[counters] };
  }

  /** The largest of the counters. */
  get largest(): number {
    return Math.max(this.first, this.second, this.third, this.fourth, this.fifth);
  }

  read(view: DataView, start: number, places: CounterPlaces): boolean {
    if (view.getUint16(start + places.family, littleEndian) !== AddressFamily.ipv4) return false;
    this.w0 = view.getUint32(start + places.address);
    this.port = view.getUint16(start + places.port);
    this.first = readCounter(view, start + places.first);
    this.second = readCounter(view, start + places.second);
    this.third = readCounter(view, start + places.third);
    this.fourth = readCounter(view, start + places.fourth);
    this.fifth = readCounter(view, start + places.fifth);
    return this.largest <= Number.MAX_SAFE_INTEGER;
  }

  decode(view: DataView, start: number, end: number, family: AddressFamily): DestinationEntry {
    return decodeDestination(view, start, end, family);
  }
}

function readCounter(view: DataView, at: number): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}

/**
 * The servers of one service after the other, in rows that are used again: listings of a thousand services need no
 * object for each server.
 */
export class DestinationRows<R extends DestinationRow<DestinationState>> implements Listener<ServiceKey> {
  /** How many rows are in use. */
  count = 0;
  readonly #make: () => R;
  readonly #visit: (service: ServiceKey) => boolean;
  readonly #rows: R[];
  readonly #forms: Forms<string>;
  readonly #addresses: number[] = [];
  readonly #ports: number[] = [];
  #family: AddressFamily = AddressFamily.ipv4;
  #isIpv4 = true;
  #places: Places<string> | undefined;
  #length = 0;

  /**
   * `visit` is called when the rows are those of a service. False: no further service is asked for.
   */
  constructor(make: () => R, visit: (service: ServiceKey) => boolean) {
    const first = make();
    this.#make = make;
    this.#visit = visit;
    this.#rows = [first];
    this.#forms = new Forms(messageTable, first.paths);
  }

  begin(service: ServiceKey): void {
    this.count = 0;
    this.#family = service.family;
    this.#isIpv4 = true;
    this.#places = undefined;
  }

  row(view: DataView, start: number, end: number): void {
    const row = (this.#rows[this.count] ??= this.#make());
    // The kernel forms all the servers of a listing alike: what tells them apart is their length.
    if (this.#places === undefined || end - start !== this.#length) {
      this.#places = this.#forms.find(view, start, end);
      this.#length = end - start;
    }
    if (this.#places !== undefined && row.read(view, start, this.#places)) row.other = undefined;
    else this.#decode(row, view, start, end);
    this.#addresses[this.count] = row.w0;
    this.#ports[this.count] = row.port;
    this.count++;
  }

  end(service: ServiceKey): boolean {
    return this.#visit(service);
  }

  /** The row of a place below {@link count}. It is another server's later. */
  at(place: number): R {
    return this.#rows[place] as R;
  }

  /** In which order ipvsadm lists the rows. */
  order(): Order {
    if (this.#isIpv4) return destinationOrder(this.#addresses, this.#ports, this.count);
    const keys = Array.from({ length: this.count }, (_, place) => {
      const { address, port } = this.at(place);
      return { place, address, port };
    });
    return mergeSort(keys, compareDestinations).map(({ place }) => place);
  }

  #decode(row: R, view: DataView, start: number, end: number): void {
    const other = row.decode(view, start, end, this.#family);
    row.other = other;
    row.w0 = other.address.w0;
    row.port = other.port;
    if (other.address.family !== AddressFamily.ipv4) this.#isIpv4 = false;
    if (this.#places === undefined) this.#forms.learn(view, start, end);
  }
}

/** What of a client reads servers in rows. */
export type RowSource = Pick<IpvsClient, 'readDestinations' | 'service'>;

/**
 * Reads the servers of services one after the other, in rows that are used again, and calls `visit` with those of each
 * service. A service that goes away meanwhile is left out. Throws what the client throws.
 */
export async function visitDestinations<S extends ServiceKey, R extends DestinationRow<DestinationState>>(
  client: RowSource,
  services: readonly S[],
  make: () => R,
  visit: (service: S, rows: DestinationRows<R>) => void,
): Promise<void> {
  const left = new Walk(services);
  const rows: DestinationRows<R> = new DestinationRows(make, () => {
    // The kernel lists nothing for a service that is gone, as for one without servers: that has to be asked.
    if (rows.count === 0) return false;
    visit(left.latest(), rows);
    return true;
  });
  for (;;) {
    try {
      if (await client.readDestinations(left, rows)) return;
      if (await isThere(client, left.latest())) visit(left.latest(), rows);
    } catch (error) {
      if (!(error instanceof NetlinkError) || error.code !== 'ESRCH') throw error;
    }
  }
}

/** Goes through a list, and still has the element that was taken last. */
class Walk<T> implements Iterator<T> {
  readonly #list: readonly T[];
  #taken = 0;

  constructor(list: readonly T[]) {
    this.#list = list;
  }

  next(): IteratorResult<T, undefined> {
    if (this.#taken === this.#list.length) return { done: true, value: undefined };
    return { done: false, value: this.#list[this.#taken++] as T };
  }

  latest(): T {
    return this.#list[this.#taken - 1] as T;
  }
}
