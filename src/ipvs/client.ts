import { DecodeError, FamilyMissingError, NetlinkError } from '../netlink/errors.js';
import {
  encodeNothing,
  openFamily,
  type Failure,
  type GenericFamily,
  type Listener,
  type OnChunk,
} from '../netlink/generic.js';
import { genericProtocol, type NetlinkSocket, type OpenSocket } from '../netlink/socket.js';
import type { Tracer } from '../netlink/tracer.js';
import type { ByteWriter } from '../netlink/writer.js';
import { describeRefusal } from './errors.js';
import type {
  Destination,
  DestinationEntry,
  DestinationKey,
  DestinationState,
  Info,
  Service,
  ServiceEntry,
  ServiceKey,
  SyncDaemon,
  Timeouts,
} from './model.js';
import { readListing, type ListedService, type ListingOptions } from './listing.js';
import type { Operation } from './operation.js';
import { family, operations } from './schema.js';
import type { Snapshot, WatchOptions } from './watch.js';
import {
  DestinationReader,
  decodeDaemon,
  decodeDestination,
  decodeDestinationState,
  decodeInfo,
  decodeService,
  decodeServiceConfig,
  decodeTimeouts,
  encodeOperation,
  encodeServiceKey,
} from './wire.js';

export type { Failure, OnChunk, Operation };

// `EPERM`
const notPermitted = 1;

export interface OpenOptions {
  /** How to reach the kernel; by default with the npm package `netlink`. */
  readonly openSocket?: OpenSocket | undefined;
  /** Called when the kernel has no IPVS; by default runs `/sbin/modprobe -- ip_vs`. */
  readonly loadModule?: (() => Promise<void>) | undefined;
  /** Sees every datagram. */
  readonly tracer?: Tracer | undefined;
}

/** How an open client reaches the kernel. */
export interface Connection {
  readonly socket: NetlinkSocket;
  readonly family: GenericFamily;
  readonly info: Info;
  /** What it was opened with. */
  readonly options: OpenOptions;
}

/**
 * IPVS in the network namespace of this process. Every call may throw `NetlinkError` when the kernel refuses,
 * `SocketError` when it can't be reached, `DecodeError` when its answer makes no sense and `EncodeError` when a
 * value can't be told to it. Calls may overlap; they are carried out one after the other.
 */
export class IpvsClient implements AsyncDisposable {
  /** What the kernel said about itself when the client was opened. */
  readonly info: Info;
  /** What the client was opened with. */
  protected readonly options: OpenOptions;
  readonly #socket: NetlinkSocket;
  readonly #family: GenericFamily;

  /** Use {@link open}. */
  constructor({ socket, family: netlinkFamily, info, options }: Connection) {
    this.#socket = socket;
    this.#family = netlinkFamily;
    this.info = info;
    this.options = options;
  }

  /**
   * Reaches IPVS, loading the kernel module if need be. Throws `FamilyMissingError` when that does not help,
   * `NetlinkError` with `EPERM` without `CAP_NET_ADMIN`, `SocketError`, `DecodeError`.
   */
  static async open<Client>(
    this: new (connection: Connection) => Client,
    options: OpenOptions = {},
  ): Promise<Client> {
    const openSocket = options.openSocket ?? (await import('../netlink/socket-node.js')).openSocket;
    const socket = openSocket(genericProtocol);
    try {
      const netlinkFamily = await findFamily(socket, options);
      return new this({ socket, family: netlinkFamily, info: await getInfo(netlinkFamily), options });
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** The services with their servers; see {@link readListing}. */
  list(options?: ListingOptions): Promise<ListedService[]> {
    return readListing(this, options);
  }

  /** The services with their servers, again and again; see `watchListing`. */
  async *watch(options?: WatchOptions): AsyncGenerator<Snapshot, void, undefined> {
    const { watchListing } = await import('./watch.js');
    yield* watchListing(this, options);
  }

  /** Every service with its counters and rates, in the kernel's order. */
  services(): Promise<ServiceEntry[]> {
    return this.#family.dump(operations.getService, encodeNothing, undefined, decodeService);
  }

  /** {@link services} without their counters, which cost more than all the rest. */
  serviceConfigs(): Promise<Service[]> {
    return this.#family.dump(operations.getService, encodeNothing, undefined, decodeServiceConfig);
  }

  /** One service. Throws `NetlinkError` with `ESRCH` when there is none. */
  async service(key: ServiceKey): Promise<ServiceEntry> {
    return one(
      await this.#family.request(operations.getService, encodeServiceKey, key, decodeService),
      'service',
    );
  }

  /** The servers of a service, in the kernel's order; none when there is no such service. */
  destinations(key: ServiceKey): Promise<DestinationEntry[]> {
    return this.#family.dump(operations.getDest, encodeServiceKey, key, (view, start, end) =>
      decodeDestination(view, start, end, key.family),
    );
  }

  /**
   * The servers of a service as they are configured. One that is just as one of `alike` is that very object, which
   * saves time and memory where they are listed in the reverse order of `alike`.
   */
  destinationConfigs(key: ServiceKey, alike: readonly Destination[] = []): Promise<Destination[]> {
    const reader = new DestinationReader(key.family, alike);
    return this.#family.dump(operations.getDest, encodeServiceKey, key, reader.read);
  }

  /** {@link destinations} without their counters. */
  destinationStates(key: ServiceKey): Promise<DestinationState[]> {
    return this.#family.dump(operations.getDest, encodeServiceKey, key, (view, start, end) =>
      decodeDestinationState(view, start, end, key.family),
    );
  }

  /**
   * Reads the servers of services one after the other, without an object for each. True when there is no further
   * service. After an error, or when the end of a listing has given false, the iterator stands behind the service it was
   * for. `rows` must not wait for this client.
   */
  readDestinations(services: Iterator<ServiceKey>, rows: Listener<ServiceKey>): Promise<boolean> {
    return this.#family.dumps(operations.getDest, encodeServiceKey, services, rows);
  }

  /** The connection timeouts in seconds, those of TCP, of TCP after FIN and of UDP. */
  async timeouts(): Promise<Timeouts> {
    return one(
      await this.#family.request(operations.getConfig, encodeNothing, undefined, decodeTimeouts),
      'timeouts',
    );
  }

  /** The sync daemons that run, at most one of each state; none where none does. */
  daemons(): Promise<SyncDaemon[]> {
    return this.#family.dump(operations.getDaemon, encodeNothing, undefined, decodeDaemon);
  }

  /** Carries out one operation. Throws `NetlinkError` when the kernel refuses it. */
  async execute(operation: Operation): Promise<void> {
    await this.#family.request(operations[operation.kind], encodeBody, operation, decodeNothing);
  }

  /**
   * Carries out many operations in order, hundreds to a system call. A refused one does not stop those behind
   * it; all refusals are returned. The iterable is read as the batch goes on. `onChunk` learns of the refusals
   * so far, and stops the batch by returning false; it must not use this client.
   */
  batch(operationList: Iterable<Operation>, onChunk?: OnChunk): Promise<readonly Failure[]> {
    return this.#family.batch(operationList, encodeOperation, onChunk);
  }

  /**
   * Adds a service; its values have the ranges that {@link Service} tells. Throws `NetlinkError`: `EEXIST` where it is
   * there, `ENOENT` without such a scheduler or persistence engine, `EINVAL` for a mask that can't be.
   */
  addService(service: Service): Promise<void> {
    return this.execute({ kind: 'newService', service });
  }

  /**
   * Sets all of a service's configuration in place: servers, connections and counters stay. Throws `NetlinkError`:
   * `ESRCH` without the service, else as {@link addService}.
   */
  editService(service: Service): Promise<void> {
    return this.execute({ kind: 'setService', service });
  }

  /** Removes a service with its servers. Throws `NetlinkError` with `ESRCH` when there is none. */
  deleteService(service: ServiceKey): Promise<void> {
    return this.execute({ kind: 'delService', service });
  }

  /**
   * Adds a server to a service; its values have the ranges that {@link Destination} tells. Throws `NetlinkError`:
   * `ESRCH` without the service, `EEXIST` where the server is there, `ERANGE` for a lower threshold above the upper one
   * or a negative weight, `EINVAL` for an address that is not unicast.
   */
  addDestination(service: ServiceKey, destination: Destination): Promise<void> {
    return this.execute({ kind: 'newDest', service, destination });
  }

  /**
   * Sets all of a server's configuration in place: connections and counters stay. Throws `NetlinkError`: `ENOENT`
   * without the server, else as {@link addDestination}.
   */
  editDestination(service: ServiceKey, destination: Destination): Promise<void> {
    return this.execute({ kind: 'setDest', service, destination });
  }

  /**
   * Removes a server from a service; packets of its connections are dropped from then on. Throws `NetlinkError`:
   * `ESRCH` without the service, `ENOENT` without the server.
   */
  deleteDestination(service: ServiceKey, destination: DestinationKey): Promise<void> {
    return this.execute({ kind: 'delDest', service, destination });
  }

  /** Removes every service with its servers; timeouts and sync daemons stay. */
  flush(): Promise<void> {
    return this.execute({ kind: 'flush' });
  }

  /** Sets the counters of one service and its servers, or of all, to zero. */
  zero(service?: ServiceKey): Promise<void> {
    return this.execute({ kind: 'zero', service });
  }

  /**
   * Sets the connection timeouts in seconds, up to 2^31 divided by the kernel's ticks a second; 0 leaves one as it is.
   * Throws `NetlinkError` with `EINVAL` for a greater one.
   */
  setTimeouts(timeouts: Timeouts): Promise<void> {
    return this.execute({ kind: 'setConfig', timeouts });
  }

  /**
   * Starts a sync daemon; what it leaves open the kernel chooses. Throws `NetlinkError`: `EEXIST` where one of this
   * state runs, `ENODEV` without the interface, `EINVAL` beside servers of another family than their service's.
   */
  startDaemon(daemon: SyncDaemon): Promise<void> {
    return this.execute({ kind: 'newDaemon', daemon });
  }

  /** Stops the sync daemon of a state. Throws `NetlinkError` with `ESRCH` when none of it runs. */
  stopDaemon(daemon: Pick<SyncDaemon, 'state' | 'interface' | 'syncId'>): Promise<void> {
    return this.execute({ kind: 'delDaemon', daemon });
  }

  /** Frees the socket. Calls that wait for the kernel reject. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

async function findFamily(socket: NetlinkSocket, options: OpenOptions): Promise<GenericFamily> {
  const open = (): Promise<GenericFamily> =>
    openFamily(socket, family.name, family.version, { describe: describeRefusal, tracer: options.tracer });
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof FamilyMissingError)) throw error;
    await (options.loadModule ?? (await import('./module.js')).loadIpvsModule)();
  }
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof FamilyMissingError)) throw error;
    const { mayOpenRawSockets } = await import('./privileges.js');
    if (mayOpenRawSockets()) throw error;
    const { label } = operations.getInfo;
    throw new NetlinkError(notPermitted, label, describeRefusal(label, notPermitted));
  }
}

async function getInfo(netlinkFamily: GenericFamily): Promise<Info> {
  return one(await netlinkFamily.request(operations.getInfo, encodeNothing, undefined, decodeInfo), 'info');
}

function one<T>(replies: readonly T[], path: string): T {
  const [reply] = replies;
  if (reply === undefined) throw DecodeError.missing(path);
  return reply;
}

function encodeBody(writer: ByteWriter, operation: Operation): void {
  encodeOperation(writer, operation);
}

function decodeNothing(): undefined {
  return undefined;
}
