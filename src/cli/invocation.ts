import type {
  Destination,
  DestinationKey,
  Service,
  ServiceKey,
  SyncDaemon,
  Timeouts,
} from '../ipvs/model.js';

/** How the table is listed; when several are asked for, the earlier in this list wins. */
export const tableFormats = ['stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info'] as const;
type TableFormat = (typeof tableFormats)[number] | 'plain';

/** How JSON is printed. */
export interface JsonOutput {
  readonly format: 'json';
  readonly pretty: boolean;
  /** With the names of hosts and ports beside their numbers. */
  readonly names: boolean;
}

/** An output that is not the classic one. */
export type TableOutput = JsonOutput | { readonly format: 'table' | 'prometheus' };

export interface ListTable {
  readonly command: 'list';
  readonly service?: ServiceKey;
  readonly format: TableFormat;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly sorted: boolean;
  /** The classic one if not given. */
  readonly output?: TableOutput;
}

export interface ListConnections {
  readonly command: 'list-connections';
  readonly numeric: boolean;
  /** With the data of the persistence engine. */
  readonly engineData: boolean;
  readonly output?: JsonOutput;
}

/** What can be printed in several formats. */
export type Listing = Extract<
  Invocation,
  { readonly command: 'list' | 'list-connections' | 'list-timeouts' | 'list-daemons' | 'save' }
>;

/** A command line, read: what to do, with typed values. */
export type Invocation =
  | { readonly command: 'add-service' | 'edit-service'; readonly service: Service }
  | { readonly command: 'delete-service'; readonly service: ServiceKey }
  | { readonly command: 'flush' | 'help' | 'version' }
  | { readonly command: 'list-timeouts' | 'list-daemons'; readonly output?: JsonOutput }
  | ListTable
  | ListConnections
  | { readonly command: 'restore'; readonly atomic: boolean }
  | {
      readonly command: 'save';
      readonly numeric: boolean;
      /** With the timeouts and sync daemons. */
      readonly all: boolean;
      readonly output?: JsonOutput;
    }
  | {
      readonly command: 'add-server' | 'edit-server';
      readonly service: ServiceKey;
      readonly destination: Destination;
    }
  | {
      readonly command: 'delete-server';
      readonly service: ServiceKey;
      readonly destination: DestinationKey;
    }
  | { readonly command: 'set'; readonly timeouts: Timeouts }
  | { readonly command: 'start-daemon'; readonly daemon: SyncDaemon }
  | {
      readonly command: 'stop-daemon';
      readonly daemon: Pick<SyncDaemon, 'state' | 'interface' | 'syncId'>;
    }
  | { readonly command: 'zero'; readonly service?: ServiceKey };
