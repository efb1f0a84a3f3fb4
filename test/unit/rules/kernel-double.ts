import type { Failure, OnChunk } from '../../../src/ipvs/client.js';
import { describeRefusal } from '../../../src/ipvs/errors.js';
import {
  Forwarding,
  type Destination,
  type DestinationKey,
  type Service,
  type ServiceEntry,
  type ServiceKey,
  type SyncDaemon,
  type Timeouts,
} from '../../../src/ipvs/model.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import type { RowSource } from '../../../src/ipvs/destination-rows.js';
import { NetlinkError } from '../../../src/netlink/errors.js';
import type { Listener } from '../../../src/netlink/generic.js';
import type { Kernel } from '../../../src/rules/kernel.js';
import { sameDestination } from '../../../src/rules/table.js';
import { attributesOf, destinationRow, noStats } from '../ipvs/kernel-rows.ts';

interface Held {
  service: Service;
  /** Counts the changes of this entry, as connections and counters would suffer from them. */
  touched: number;
  readonly destinations: { destination: Destination; touched: number }[];
}

const noConnections = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
const knownSchedulers = ['rr', 'wrr', 'wlc'];

/**
 * Stands in for the kernel: refuses what it refuses, in the same order. It knows the schedulers rr, wrr and wlc, no
 * persistence engine, the interface lo, and no server in 224.0.0.0/4.
 */
export class KernelDouble implements Kernel, RowSource {
  held: Held[] = [];
  /** Every operation that was asked for. */
  readonly asked: Operation[] = [];
  running: SyncDaemon[] = [];
  seconds: Timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
  /** Called before each operation, as another program would come between. */
  interfere: ((operation: Operation) => void) | undefined;
  private readonly chunk: number;

  /** `chunk` operations go to the kernel at once. */
  constructor(chunk = 3) {
    this.chunk = chunk;
  }

  serviceConfigs(): Promise<Service[]> {
    return Promise.resolve(this.held.map(({ service }) => ({ ...service })));
  }

  destinationConfigs(key: ServiceKey, alike: readonly Destination[] = []): Promise<Destination[]> {
    // The kernel has the latest first.
    const destinations = this.find(key)?.destinations.slice().reverse() ?? [];
    return Promise.resolve(
      destinations.map(({ destination }) => {
        const same = alike.find(
          (other) => sameKey(other, destination) && sameDestination(other, destination),
        );
        return same ?? { ...destination };
      }),
    );
  }

  async readDestinations(services: Iterator<ServiceKey>, rows: Listener<ServiceKey>): Promise<boolean> {
    for (let next = services.next(); next.done !== true; next = services.next()) {
      rows.begin(next.value);
      for (const destination of await this.destinationConfigs(next.value)) {
        const bytes = attributesOf(destinationRow({ ...destination, ...noConnections, stats: noStats }));
        rows.row(new DataView(bytes.buffer), 0, bytes.length);
      }
      if (!rows.end(next.value)) return false;
    }
    return true;
  }

  service(key: ServiceKey): Promise<ServiceEntry> {
    const held = this.find(key);
    if (held === undefined) return Promise.reject(new NetlinkError(3, 'getService', 'No such service'));
    return Promise.resolve({ ...held.service, stats: noStats });
  }

  timeouts(): Promise<Timeouts> {
    return Promise.resolve(this.seconds);
  }

  daemons(): Promise<SyncDaemon[]> {
    return Promise.resolve(this.running.slice());
  }

  async batch(operations: Iterable<Operation>, onChunk?: OnChunk): Promise<readonly Failure[]> {
    const all = Array.from(operations);
    const failures: Failure[] = [];
    for (let done = 0; done < all.length; done += this.chunk) {
      const part = all.slice(done, done + this.chunk);
      const failed: Failure[] = [];
      for (const [offset, operation] of part.entries()) {
        this.interfere?.(operation);
        const errno = this.carryOut(operation);
        if (errno === 0) continue;
        const message = describeRefusal(operation.kind, errno);
        failed.push({
          index: done + offset,
          operation: operation.kind,
          errno,
          message,
          extendedAck: undefined,
        });
      }
      failures.push(...failed);
      if ((await onChunk?.(done + part.length, failed)) === false) break;
    }
    return failures;
  }

  /** Carries out one operation; gives the error number, 0 for none. */
  carryOut(operation: Operation): number {
    this.asked.push(operation);
    switch (operation.kind) {
      case 'newService':
        if (this.find(operation.service) !== undefined) return 17;
        if (isRefused(operation.service)) return 2;
        this.held.push({ service: operation.service, touched: 1, destinations: [] });
        return 0;
      case 'setService':
        return this.change(operation.service, (held) => {
          if (isRefused(operation.service)) return 2;
          held.service = operation.service;
          held.touched++;
          return 0;
        });
      case 'delService':
        return this.change(operation.service, (held) => {
          this.held = this.held.filter((other) => other !== held);
          return 0;
        });
      case 'newDest':
      case 'setDest':
        return this.change(operation.service, (held) => this.writeDestination(held, operation));
      case 'delDest':
        return this.change(operation.service, ({ destinations }) => {
          const place = destinations.findIndex(({ destination }) =>
            sameKey(destination, operation.destination),
          );
          if (place < 0) return 2;
          destinations.splice(place, 1);
          return 0;
        });
      case 'flush':
        this.held = [];
        return 0;
      case 'zero':
        return operation.service === undefined ? 0 : this.change(operation.service, () => 0);
      case 'setConfig': {
        const { tcp, tcpFin, udp } = operation.timeouts;
        const old = this.seconds;
        this.seconds = { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp };
        return 0;
      }
      case 'newDaemon':
        return this.start(operation.daemon);
      case 'delDaemon': {
        const rest = this.running.filter(({ state }) => state !== operation.daemon.state);
        const stopped = rest.length < this.running.length;
        this.running = rest;
        return stopped ? 0 : 3;
      }
    }
  }

  /** The table and the settings as text, in an order of their own. */
  text(): string {
    const services = this.held.map(({ service, destinations }) => {
      const servers = destinations.map(({ destination }) => `  ${valuesText(destination)}`).sort();
      return [valuesText(service), ...servers].join('\n');
    });
    const daemons = this.running.map((daemon) => valuesText(daemon)).sort();
    return [...services.sort(), ...daemons, valuesText(this.seconds)].join('\n');
  }

  private writeDestination(
    held: Held,
    { kind, destination }: Extract<Operation, { readonly kind: 'newDest' | 'setDest' }>,
  ): number {
    const isMixed = destination.address.family !== held.service.family;
    if (isMixed && (this.running.length > 0 || destination.forwarding !== Forwarding.tunnel)) return 22;
    if (destination.lowerThreshold > destination.upperThreshold) return 34;
    const old = held.destinations.find((other) => sameKey(other.destination, destination));
    if (kind === 'newDest') {
      if (old !== undefined) return 17;
      if (destination.address.w0 >>> 28 === 14) return 22;
      held.destinations.push({ destination, touched: 1 });
      return 0;
    }
    if (old === undefined) return 2;
    old.destination = destination;
    old.touched++;
    return 0;
  }

  private start(daemon: SyncDaemon): number {
    const mixed = this.held.some(({ service, destinations }) =>
      destinations.some(({ destination }) => destination.address.family !== service.family),
    );
    if (mixed) return 22;
    if (this.running.some(({ state }) => state === daemon.state)) return 17;
    if (daemon.interface !== 'lo') return 19;
    this.running.push(daemon);
    return 0;
  }

  private change(key: ServiceKey, action: (held: Held) => number): number {
    const held = this.find(key);
    return held === undefined ? 3 : action(held);
  }

  private find(key: ServiceKey): Held | undefined {
    return this.held.find(({ service }) => sameService(service, key));
  }
}

function isRefused({ scheduler, persistenceEngine }: Service): boolean {
  return !knownSchedulers.includes(scheduler) || persistenceEngine !== '';
}

function sameService(a: ServiceKey, b: ServiceKey): boolean {
  if (a.family !== b.family || a.fwmark !== b.fwmark) return false;
  if (a.fwmark !== 0) return true;
  return a.protocol === b.protocol && a.port === b.port && String(a.address) === String(b.address);
}

function sameKey(a: DestinationKey, b: DestinationKey): boolean {
  return a.port === b.port && String(a.address) === String(b.address);
}

/** Everything that is configured; counters are not. */
function valuesText(value: object): string {
  const ignored = ['activeConnections', 'inactiveConnections', 'persistentConnections'];
  const entries = Object.entries(value).filter(([name]) => !ignored.includes(name));
  return entries
    .map(([name, item]) => `${name}=${String(item)}`)
    .sort()
    .join(' ');
}
