import { setTimeout as delay } from 'node:timers/promises';
import { NetlinkError } from '../netlink/errors.js';
import { sameAddress } from './address.js';
import type { Failure, IpvsClient } from './client.js';
import { connectionBlocks } from './connections.js';
import {
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

/** Time between two looks, in milliseconds: a first look that finds nothing is confirmed by a second one soon. */
const lookInterval = 500;
const confirmInterval = 100;

/**
 * Gives servers the weight 0, so that they get no new connections, and waits until their active connections, those of
 * UDP, which the kernel never counts as active, and the templates of their persistent clients are gone. The weights
 * stay 0. Throws what the client throws; a server that is
 * not there counts as drained.
 */
export async function drain(
  client: IpvsClient,
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
export async function setWeights(client: IpvsClient, targets: readonly ConfiguredTarget[]): Promise<void> {
  const operations = targets.map(({ service, destination }): Operation => ({
    kind: 'setDest',
    service,
    destination,
  }));
  const failure = (await client.batch(operations)).find((refused) => !isAbsence(refused));
  if (failure !== undefined) {
    throw new NetlinkError(failure.errno, failure.operation, failure.message, failure.extendedAck);
  }
}

function isAbsence({ errno }: Failure): boolean {
  return errno === ENOENT || errno === ESRCH;
}

/** Waits until servers that have the weight 0 are drained; see {@link drain}. */
export async function waitUntilDrained(
  client: IpvsClient,
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
  client: IpvsClient,
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
    states.push(stateOf(target, await servers, options));
  }
  return states;
}

async function destinationsOf(client: IpvsClient, service: ServiceKey): Promise<readonly DestinationEntry[]> {
  try {
    return await client.destinations(service);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === ESRCH) return [];
    throw error;
  }
}

function stateOf(
  target: DrainTarget,
  servers: readonly DestinationEntry[],
  { idle = false, templates = true }: DrainOptions,
): DrainState {
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
    (inactive === 0 || (!idle && !hasUdpConnection(target)));
  return { target, active, inactive, persistent, weight: seen.weight, gone: false, drained };
}

/** Whether a server with inactive connections has one of UDP; of a firewall mark they can be of any protocol. */
function hasUdpConnection({ service, destination }: DrainTarget): boolean {
  if (service.fwmark === 0) return service.protocol === Protocol.udp;
  for (const block of connectionBlocks()) {
    for (const connection of block) {
      if (connection.protocol === 'UDP' && sameAddress(connection.destination, destination.address))
        return true;
    }
  }
  return false;
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
