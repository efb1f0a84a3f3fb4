import type { Destination, DestinationKey, Service, ServiceKey, SyncDaemon, Timeouts } from './model.js';

/** A change of the kernel's table, as data: carried out one at a time or in batches. */
export type Operation =
  | { readonly kind: 'newService' | 'setService'; readonly service: Service }
  | { readonly kind: 'delService'; readonly service: ServiceKey }
  | { readonly kind: 'newDest' | 'setDest'; readonly service: ServiceKey; readonly destination: Destination }
  | { readonly kind: 'delDest'; readonly service: ServiceKey; readonly destination: DestinationKey }
  /** Removes every service. */
  | { readonly kind: 'flush' }
  /** Sets the counters of a service and its servers, or of all, to zero. */
  | { readonly kind: 'zero'; readonly service?: ServiceKey | undefined }
  | { readonly kind: 'setConfig'; readonly timeouts: Timeouts }
  | { readonly kind: 'newDaemon'; readonly daemon: SyncDaemon }
  | { readonly kind: 'delDaemon'; readonly daemon: Pick<SyncDaemon, 'state' | 'interface' | 'syncId'> };
