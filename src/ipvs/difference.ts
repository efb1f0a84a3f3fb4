import type { Destination, Service, ServiceKey, SyncDaemon, Timeouts } from './model.js';

/** A real server before and after; one of both is missing where it is added or removed. */
export interface DestinationDifference {
  readonly before: Destination | undefined;
  readonly after: Destination | undefined;
}

/**
 * What is different about one virtual service: the service itself where it is added, removed or configured otherwise,
 * and the real servers that are different. Of a service that is added or removed these are all its servers.
 */
export interface ServiceDifference {
  readonly service: ServiceKey;
  readonly before: Service | undefined;
  readonly after: Service | undefined;
  /** Whether the service itself is different: false where only its servers are. */
  readonly serviceChanged: boolean;
  readonly destinations: readonly DestinationDifference[];
}

/** What is different about what stands beside the services: the timeouts, or a sync daemon of one state. */
export type SettingDifference =
  | { readonly kind: 'timeouts'; readonly before: Timeouts; readonly after: Timeouts }
  | { readonly kind: 'daemon'; readonly before: SyncDaemon | undefined; readonly after: SyncDaemon };
