import type { Connection } from '../ipvs/connections.js';
import type { AddressFamily } from '../ipvs/address.js';
import type { ListedService } from '../ipvs/listing.js';
import type { DestinationEntry, ServiceEntry, SyncDaemon, Timeouts } from '../ipvs/model.js';
import type { Host } from '../host/host.js';

/** Rules that are to be in the kernel, from a file. */
export interface SavedRules {
  readonly path: string;
  readonly form: 'rules' | 'json';
  readonly services: number;
  /** The schedulers of its services, each once. */
  readonly schedulers: readonly string[];
  /** Why the file can't be restored; undefined where it can. */
  readonly mistake: { readonly line: number | undefined; readonly reason: string } | undefined;
}

/** The table, and what belongs to it. */
export interface DirectorTable {
  readonly services: readonly ListedService[];
  readonly timeouts: Timeouts;
  readonly daemons: readonly SyncDaemon[];
}

/** What is examined of a director. */
export interface Director {
  readonly host: Host;
  /** Undefined where the kernel has no IPVS, or does not let this process ask. */
  readonly table: DirectorTable | undefined;
  /** Whether the kernel does not let this process ask, though it may administer the network of its namespace. */
  readonly refused: boolean;
  readonly savedRules: SavedRules | undefined;
  /** The connections, read anew each time. */
  readonly connections: () => Iterable<readonly Connection[]>;
}

/** A real server in its service. */
export interface Server {
  readonly service: ServiceEntry;
  readonly destination: DestinationEntry;
}

/** The servers whose packets go by a forwarding method. */
export function* serversOf(
  { table }: Director,
  forwarding: number,
  family?: AddressFamily,
): Iterable<Server> {
  for (const server of allServers(table)) {
    const { destination } = server;
    if (destination.forwarding !== forwarding) continue;
    if (family === undefined || destination.address.family === family) yield server;
  }
}

/** Every server of the table. */
export function* allServers(table: DirectorTable | undefined): Iterable<Server> {
  for (const { service, destinations } of table?.services ?? []) {
    for (const destination of destinations) yield { service, destination };
  }
}
