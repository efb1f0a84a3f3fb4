import { AddressFamily, type IpAddress } from './address.js';
import type { DestinationKey, ServiceKey } from './model.js';

/**
 * The order in which ipvsadm 1.31 lists services: mark, family, protocol, address, port. Every difference is taken
 * in 32 bits and may wrap, so the relation is not transitive: use {@link mergeSort}.
 */
function compareServices(a: ServiceKey, b: ServiceKey): number {
  return (
    (a.fwmark - b.fwmark) | 0 ||
    a.family - b.family ||
    a.protocol - b.protocol ||
    compareAddresses(a.address, b.address) ||
    a.port - b.port
  );
}

/**
 * The order in which ipvsadm 1.31 lists the servers of a service: address, port, an IPv4 address as the first of four
 * words; see {@link compareServices}.
 */
export function compareDestinations(a: DestinationKey, b: DestinationKey): number {
  return compareAddresses(a.address, b.address) || a.port - b.port;
}

/** The order of a list: as it is, reversed, or the places of its elements. */
export const Order = { asIs: 'as is', reversed: 'reversed' } as const;
export type Order = (typeof Order)[keyof typeof Order] | readonly number[];

/** The place in a list of `count` of the element that comes as the `index`th. */
export function placeAt(order: Order, index: number, count: number): number {
  if (order === Order.asIs) return index;
  return order === Order.reversed ? count - 1 - index : (order[index] ?? 0);
}

/**
 * What {@link compareDestinations} and {@link mergeSort} make of IPv4 servers, given as addresses, numbers of 32 bits,
 * and ports. A list that rises or falls, which is what the kernel tells as a rule, is not sorted.
 */
export function destinationOrder(
  addresses: readonly number[],
  ports: readonly number[],
  count: number,
): Order {
  let rises = true;
  let falls = true;
  let lowest = (addresses[0] ?? 0) >>> 0;
  let highest = lowest;
  for (let i = 1, before = lowest; i < count; i++) {
    const address = (addresses[i] ?? 0) >>> 0;
    const difference = address - before || (ports[i] ?? 0) - (ports[i - 1] ?? 0);
    if (difference < 0) rises = false;
    else falls = false;
    if (address < lowest) lowest = address;
    if (address > highest) highest = address;
    before = address;
  }
  // No difference wraps: the relation is an order.
  if (highest - lowest < 2 ** 31) {
    if (rises) return Order.asIs;
    if (falls) return Order.reversed;
  }
  const places = Array.from({ length: count }, (_, place) => place);
  return mergeSort(
    places,
    (a, b) => ((addresses[a] ?? 0) - (addresses[b] ?? 0)) | 0 || (ports[a] ?? 0) - (ports[b] ?? 0),
  );
}

/**
 * The places of services in the order that {@link compareServices} and {@link mergeSort} give them. Those by IPv4
 * address, whose differences mostly don't wrap, are compared as single numbers.
 */
export function serviceOrder(services: readonly ServiceKey[]): readonly number[] {
  const places = Array.from(services, (_, place) => place);
  const keys = serviceNumbers(services);
  if (keys !== undefined) return places.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  return mergeSort(places, (a, b) => compareServices(services[a] as ServiceKey, services[b] as ServiceKey));
}

/** The services in that order. */
export function sortServices<S extends ServiceKey>(services: readonly S[]): S[] {
  return serviceOrder(services).map((place) => services[place] as S);
}

/** Protocols that a number of {@link serviceNumbers} has room for. */
const mostNumbered = 0x20;

/** Numbers in the order of the services; undefined where not all are by IPv4 address, or where differences wrap. */
function serviceNumbers(services: readonly ServiceKey[]): Float64Array | undefined {
  const keys = new Float64Array(services.length);
  let lowest = Infinity;
  let highest = 0;
  for (let i = 0; i < keys.length; i++) {
    const { family, fwmark, protocol, address, port } = services[i] as ServiceKey;
    if (family !== AddressFamily.ipv4 || fwmark !== 0 || protocol >= mostNumbered) return undefined;
    if (address.w0 < lowest) lowest = address.w0;
    if (address.w0 > highest) highest = address.w0;
    keys[i] = (protocol * 2 ** 32 + address.w0) * 2 ** 16 + port;
  }
  return highest - lowest < 2 ** 31 ? keys : undefined;
}

function compareAddresses(a: IpAddress, b: IpAddress): number {
  return (a.w0 - b.w0) | 0 || (a.w1 - b.w1) | 0 || (a.w2 - b.w2) | 0 || (a.w3 - b.w3) | 0;
}

/**
 * Sorts as glibc's `qsort(3)` does in its merge sort: the first half of n/2 elements and the rest sorted apart, then
 * merged, the left element first when the comparison gives zero or less. For a relation that is not an order the
 * outcome depends on just this.
 */
export function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = items.slice();
  sortRange(sorted, 0, sorted.length, compare, new Array<T>(sorted.length));
  return sorted;
}

function sortRange<T>(
  items: T[],
  start: number,
  end: number,
  compare: (a: T, b: T) => number,
  spare: T[],
): void {
  if (end - start < 2) return;
  const middle = start + ((end - start) >>> 1);
  sortRange(items, start, middle, compare, spare);
  sortRange(items, middle, end, compare, spare);
  let left = start;
  let right = middle;
  let out = 0;
  while (left < middle && right < end) {
    const a = items[left] as T;
    const b = items[right] as T;
    if (compare(a, b) <= 0) {
      spare[out++] = a;
      left++;
    } else {
      spare[out++] = b;
      right++;
    }
  }
  while (left < middle) spare[out++] = items[left++] as T;
  for (let i = 0; i < out; i++) items[start + i] = spare[i] as T;
}
