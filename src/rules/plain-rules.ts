import { AddressFamily, IpAddress } from '../ipvs/address.js';
import { destinationWith } from '../ipvs/defaults.js';
import type { Destination, Service } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A service, and which of the servers are its own: from `start` on, up to `end`. */
export interface PlainService {
  readonly service: Service;
  readonly start: number;
  end: number;
}

/**
 * Rules that add services by IPv4 address, each once and with its servers behind it, which have IPv4 addresses and
 * neither thresholds nor options of a tunnel: a table as it mostly is, without an object for each server.
 */
export class PlainRules {
  readonly services: PlainService[] = [];
  /** The servers of all services: their addresses as numbers, their ports, forwarding methods and weights. */
  readonly addresses: Uint32Array;
  readonly ports: Uint16Array;
  readonly forwardings: Uint8Array;
  readonly weights: Int32Array;

  /** With room for so many servers; what is not used of it costs nothing. */
  constructor(mostServers: number) {
    this.addresses = new Uint32Array(mostServers);
    this.ports = new Uint16Array(mostServers);
    this.forwardings = new Uint8Array(mostServers);
    this.weights = new Int32Array(mostServers);
  }

  /** Appends a service. */
  addService(service: Service): void {
    const start = this.#serverCount;
    this.services.push({ service, start, end: start });
  }

  /** Appends a server to the latest service. Throws `RangeError` where there is no service or no room. */
  addServer(address: number, port: number, forwarding: number, weight: number): void {
    const latest = this.services.at(-1);
    if (latest === undefined) throw new RangeError('a server without a service');
    const place = latest.end;
    if (place === this.addresses.length) throw new RangeError(`more than ${place} servers`);
    this.addresses[place] = address;
    this.ports[place] = port;
    this.forwardings[place] = forwarding;
    this.weights[place] = weight;
    latest.end++;
  }

  /** The server at a place. */
  destination(place: number): Destination {
    const address = new IpAddress(AddressFamily.ipv4, this.addresses[place] ?? 0);
    const port = this.ports[place] ?? 0;
    const forwarding = this.forwardings[place] ?? 0;
    return destinationWith({ address, port }, { forwarding, weight: this.weights[place] ?? 0 });
  }

  /** How many lines there are. */
  get count(): number {
    return this.services.length + this.#serverCount;
  }

  get #serverCount(): number {
    return this.services.at(-1)?.end ?? 0;
  }

  /**
   * What the lines do, one after the other. Each operation is valid until the next one, since they share their objects:
   * for `batch`, which keeps none.
   */
  operations(): IterableIterator<Operation> {
    const address: Writable<IpAddress> = new IpAddress(AddressFamily.ipv4, 0);
    const destination: Writable<Destination> = { ...this.destination(0), address };
    let addition: IteratorResult<Operation> = { done: true, value: undefined };
    let next = 0;
    let place = 0;
    let end = 0;
    return {
      [Symbol.iterator]() {
        return this;
      },
      next: () => {
        if (place < end) {
          address.w0 = this.addresses[place] ?? 0;
          destination.port = this.ports[place] ?? 0;
          destination.forwarding = this.forwardings[place] ?? 0;
          destination.weight = this.weights[place] ?? 0;
          place++;
          return addition;
        }
        const entry = this.services[next];
        if (entry === undefined) return { done: true, value: undefined };
        next++;
        const { service } = entry;
        ({ start: place, end } = entry);
        addition = { done: false, value: { kind: 'newDest', service, destination } };
        return { done: false, value: { kind: 'newService', service } };
      },
    };
  }

  /** What the lines of a service do. */
  *additions({ service, start, end }: PlainService): Iterable<Operation> {
    yield { kind: 'newService', service };
    for (let place = start; place < end; place++) {
      yield { kind: 'newDest', service, destination: this.destination(place) };
    }
  }
}
