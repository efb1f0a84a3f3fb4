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
export type TableFormat = (typeof tableFormats)[number] | 'plain';

export interface ListTable {
  readonly command: 'list';
  readonly service?: ServiceKey;
  readonly format: TableFormat;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly sorted: boolean;
}

export interface ListConnections {
  readonly command: 'list-connections';
  readonly numeric: boolean;
  /** With the data of the persistence engine. */
  readonly engineData: boolean;
}

/** A command line, read: what to do, with typed values. */
export type Invocation =
  | { readonly command: 'add-service' | 'edit-service'; readonly service: Service }
  | { readonly command: 'delete-service'; readonly service: ServiceKey }
  | { readonly command: 'flush' | 'restore' | 'help' | 'version' | 'list-timeouts' | 'list-daemons' }
  | ListTable
  | ListConnections
  | { readonly command: 'save'; readonly numeric: boolean }
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
