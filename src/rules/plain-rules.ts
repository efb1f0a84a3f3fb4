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
  readonly addresses: number[] = [];
  readonly ports: number[] = [];
  readonly forwardings: number[] = [];
  readonly weights: number[] = [];

  /** Appends a service. */
  addService(service: Service): void {
    const start = this.addresses.length;
    this.services.push({ service, start, end: start });
  }

  /** Appends a server to the latest service. */
  addServer(address: number, port: number, forwarding: number, weight: number): void {
    const latest = this.services.at(-1);
    if (latest === undefined) throw new RangeError('a server without a service');
    this.addresses.push(address);
    this.ports.push(port);
    this.forwardings.push(forwarding);
    this.weights.push(weight);
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
    return this.services.length + this.addresses.length;
  }

  /** What the lines do, one after the other. Each operation is valid until the next one. */
  *operations(): Iterable<Operation> {
    const destination: Writable<Destination> = this.destination(0);
    for (const { service, start, end } of this.services) {
      yield { kind: 'newService', service };
      const operation: Operation = { kind: 'newDest', service, destination };
      for (let place = start; place < end; place++) {
        destination.address = new IpAddress(AddressFamily.ipv4, this.addresses[place] ?? 0);
        destination.port = this.ports[place] ?? 0;
        destination.forwarding = this.forwardings[place] ?? 0;
        destination.weight = this.weights[place] ?? 0;
        yield operation;
      }
    }
  }

  /** What the lines of a service do. */
  *additions({ service, start, end }: PlainService): Iterable<Operation> {
    yield { kind: 'newService', service };
    for (let place = start; place < end; place++) {
      yield { kind: 'newDest', service, destination: this.destination(place) };
    }
  }
}
