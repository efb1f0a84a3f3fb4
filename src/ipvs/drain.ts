import { setTimeout as delay } from 'node:timers/promises';
import { NetlinkError } from '../netlink/errors.js';
import { sameAddress, type IpAddress } from './address.js';
import type { Failure, IpvsClient } from './client.js';
import { connectionBlocks, type Connection } from './connections.js';
import {
  addressService,
  Protocol,
  type Destination,
  type DestinationEntry,
  type DestinationKey,
  type ServiceKey,
} from './model.js';
import type { Operation } from './operation.js';

const ENOENT = 2;
const ESRCH = 3;

/** A real server of a virtual service. */
export interface DrainTarget {
  readonly service: ServiceKey;
  readonly destination: DestinationKey;
}

/** A server that is to be drained, as configured before. */
export interface ConfiguredTarget extends DrainTarget {
  readonly destination: Destination;
}

/** What a server still serves. */
export interface DrainState {
  readonly target: DrainTarget;
  /** Established and beginning connections of TCP and SCTP. */
  readonly active: number;
  /** Connections that are being closed or wait for their end, and those of UDP until they expire. */
  readonly inactive: number;
  /** Templates of persistent clients: as long as one lives, its client comes back to the server. */
  readonly persistent: number;
  /** 0 unless another program changed it. */
  readonly weight: number;
  /** The server, or its service, is not there any more. */
  readonly gone: boolean;
  /** Nothing is left of what is waited for. */
  readonly drained: boolean;
}

export interface DrainOptions {
  /** Waits for inactive connections too, not only for those of UDP. */
  readonly idle?: boolean | undefined;
  /**
   * Waits for the templates of persistent clients, unless false: where the kernel's
   * `net.ipv4.vs.expire_quiescent_template` is 1, they don't lead anybody to a server with the weight 0.
   */
  readonly templates?: boolean | undefined;
  /** Ends the waiting after so many seconds; waits for ever without it. */
  readonly timeout?: number | undefined;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined;
  /** Learns at each look what is left; `elapsed` is in seconds. */
  readonly onProgress?: ((states: readonly DrainState[], elapsed: number) => void) | undefined;
}

/**
 * How a drain ended: with nothing left, after its time, by its signal, or because another program gave one of the
 * servers a weight again.
 */
export interface DrainOutcome {
  readonly result: 'drained' | 'timed-out' | 'aborted' | 'disturbed';
  readonly states: readonly DrainState[];
  /** Seconds. */
  readonly elapsed: number;
}

/** What is needed of the kernel to drain servers: an `IpvsClient`. */
type DrainClient = Pick<IpvsClient, 'batch' | 'destinations' | 'service'>;

/** Time between two looks, in milliseconds: a first look that finds nothing is confirmed by a second one soon. */
const lookInterval = 500;
const confirmInterval = 100;

/**
 * Gives servers the weight 0, so that they get no new connections, and waits until their active connections, those of
 * UDP, which the kernel never counts as active, and the templates of their persistent clients are gone. The weights
 * stay 0. Throws what the client throws; a server that is not there counts as drained.
 */
export async function drain(
  client: DrainClient,
  targets: readonly ConfiguredTarget[],
  options: DrainOptions = {},
): Promise<DrainOutcome> {
  await setWeights(
    client,
    targets.map((target) => ({ ...target, destination: { ...target.destination, weight: 0 } })),
  );
  return waitUntilDrained(client, targets, options);
}

/**
 * Sets servers to the weights they have here; those that are not there are passed over. Throws `NetlinkError` for the
 * first other refusal, when all the rest are set.
 */
export async function setWeights(client: DrainClient, targets: readonly ConfiguredTarget[]): Promise<void> {
  const operations = targets.map(({ service, destination }): Operation => ({
    kind: 'setDest',
    service,
    destination,
  }));
  throwRefusal(await client.batch(operations));
}

/**
 * Removes servers. Gives those that were not there, because another program had removed them or their service. Throws
 * `NetlinkError` for the first other refusal, when all the rest are removed.
 */
export async function removeServers<T extends DrainTarget>(
  client: DrainClient,
  targets: readonly T[],
): Promise<ReadonlySet<T>> {
  const operations = targets.map(({ service, destination }): Operation => ({
    kind: 'delDest',
    service,
    destination,
  }));
  const failures = await client.batch(operations);
  throwRefusal(failures);
  const absent = new Set(failures.map(({ index }) => index));
  return new Set(targets.filter((_, index) => absent.has(index)));
}

/** Throws the first refusal that is not about what is not there. */
function throwRefusal(failures: readonly Failure[]): void {
  const failure = failures.find(({ errno }) => errno !== ENOENT && errno !== ESRCH);
  if (failure === undefined) return;
  throw new NetlinkError(failure.errno, failure.operation, failure.message, failure.extendedAck);
}

/** Waits until servers that have the weight 0 are drained; see {@link drain}. */
export async function waitUntilDrained(
  client: DrainClient,
  targets: readonly DrainTarget[],
  options: DrainOptions = {},
): Promise<DrainOutcome> {
  const { timeout = Infinity, signal, onProgress } = options;
  const start = performance.now();
  const secondsSince = (): number => (performance.now() - start) / 1000;
  let quietBefore = false;
  for (;;) {
    const states = await look(client, targets, options);
    const elapsed = secondsSince();
    onProgress?.(states, elapsed);
    const late = elapsed >= timeout;
    const quiet = states.every(({ drained }) => drained);
    if (quiet && (quietBefore || late)) return { result: 'drained', states, elapsed };
    if (states.some(({ weight }) => weight !== 0)) return { result: 'disturbed', states, elapsed };
    if (signal?.aborted === true) return { result: 'aborted', states, elapsed };
    if (late) return { result: 'timed-out', states, elapsed };
    quietBefore = quiet;
    await sleep(Math.min(quiet ? confirmInterval : lookInterval, (timeout - elapsed) * 1000), signal);
  }
}

async function look(
  client: DrainClient,
  targets: readonly DrainTarget[],
  options: DrainOptions,
): Promise<DrainState[]> {
  const byService = new Map<ServiceKey, Promise<readonly DestinationEntry[]>>();
  const states: DrainState[] = [];
  for (const target of targets) {
    let servers = byService.get(target.service);
    if (servers === undefined) {
      servers = destinationsOf(client, target.service);
      byService.set(target.service, servers);
    }
    states.push(await stateOf(client, target, await servers, options));
  }
  return states;
}

async function destinationsOf(
  client: DrainClient,
  service: ServiceKey,
): Promise<readonly DestinationEntry[]> {
  try {
    return await client.destinations(service);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === ESRCH) return [];
    throw error;
  }
}

async function stateOf(
  client: DrainClient,
  target: DrainTarget,
  servers: readonly DestinationEntry[],
  { idle = false, templates = true }: DrainOptions,
): Promise<DrainState> {
  const { address, port } = target.destination;
  const seen = servers.find((server) => server.port === port && sameAddress(server.address, address));
  if (seen === undefined) {
    return { target, active: 0, inactive: 0, persistent: 0, weight: 0, gone: true, drained: true };
  }
  const {
    activeConnections: active,
    inactiveConnections: inactive,
    persistentConnections: persistent,
  } = seen;
  const drained =
    active === 0 &&
    (!templates || persistent === 0) &&
    (inactive === 0 || (!idle && !(await hasUdpConnection(client, target))));
  return { target, active, inactive, persistent, weight: seen.weight, gone: false, drained };
}

/**
 * Whether a server with inactive connections has one of UDP that came to it by this service. The kernel does not tell
 * which service a connection belongs to, and those of a firewall mark can be of any protocol.
 */
async function hasUdpConnection(
  client: DrainClient,
  { service, destination }: DrainTarget,
): Promise<boolean> {
  if (service.fwmark === 0) return service.protocol === Protocol.udp;
  const unknown = new Map<string, number>();
  for (const { connection, count } of udpConnections(destination.address).values()) {
    const other = await serviceByAddress(client, connection);
    if (other === undefined) return true;
    const { virtual, destinationPort } = connection;
    // The servers of a service for every port have connections to many.
    const server = `${virtual.toString()} ${other.port === 0 ? '' : `${other.port} ${destinationPort}`}`;
    const before = unknown.get(server) ?? -(await inactiveConnections(client, other, connection));
    // More than the other service counts: some of them were marked.
    if (before + count > 0) return true;
    unknown.set(server, before + count);
  }
  return false;
}

interface CountedConnections {
  /** One of them. */
  readonly connection: Connection;
  count: number;
}

/** The UDP connections of a server, those to the same virtual address and port of it together. */
function udpConnections(server: IpAddress): ReadonlyMap<string, CountedConnections> {
  const counted = new Map<string, CountedConnections>();
  for (const block of connectionBlocks()) {
    for (const connection of block) {
      const { protocol, clientPort, virtual, virtualPort, destination, destinationPort } = connection;
      const isTemplate = clientPort === 0;
      if (protocol !== 'UDP' || isTemplate || !sameAddress(destination, server)) continue;
      const id = `${virtual.toString()} ${virtualPort} ${destinationPort}`;
      const same = counted.get(id);
      if (same === undefined) counted.set(id, { connection, count: 1 });
      else same.count++;
    }
  }
  return counted;
}

/** The service that packets to a virtual address and port without a mark come to, as the kernel looks for it. */
async function serviceByAddress(
  client: DrainClient,
  { virtual, virtualPort }: Connection,
): Promise<ServiceKey | undefined> {
  for (const port of [virtualPort, 0]) {
    try {
      return await client.service(addressService(Protocol.udp, virtual, port));
    } catch (error) {
      if (!(error instanceof NetlinkError && error.errno === ESRCH)) throw error;
    }
  }
  return undefined;
}

/** How many inactive connections the server of a connection has in a service. */
async function inactiveConnections(
  client: DrainClient,
  service: ServiceKey,
  { destination, destinationPort }: Connection,
): Promise<number> {
  for (const server of await destinationsOf(client, service)) {
    // A service for every port has servers with the port 0.
    const isPort = server.port === destinationPort || server.port === 0;
    if (isPort && sameAddress(server.address, destination)) return server.inactiveConnections;
  }
  return 0;
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
