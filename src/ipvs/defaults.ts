import { defaultScheduler } from './limits.js';
import {
  Forwarding,
  hostNetmask,
  ServiceFlag,
  TunnelType,
  type Destination,
  type DestinationConfig,
  type DestinationKey,
  type Service,
  type ServiceConfig,
  type ServiceKey,
} from './model.js';

/**
 * A service with what is said of it, and the defaults of the command line for the rest. A `timeout` above 0 makes it
 * persistent.
 */
export function serviceWith(key: ServiceKey, config: Partial<ServiceConfig> = {}): Service {
  const { scheduler = defaultScheduler, flags = 0, timeout = 0, persistenceEngine = '' } = config;
  const { family, protocol, address, port, fwmark } = key;
  return {
    family,
    protocol,
    address,
    port,
    fwmark,
    scheduler,
    flags: timeout > 0 ? flags | ServiceFlag.persistent : flags,
    timeout,
    netmask: config.netmask ?? hostNetmask(family),
    persistenceEngine,
  };
}

/** A server with what is said of it, and the defaults of the command line for the rest. */
export function destinationWith(key: DestinationKey, config: Partial<DestinationConfig> = {}): Destination {
  const { address, port } = key;
  return {
    address,
    port,
    forwarding: config.forwarding ?? Forwarding.route,
    weight: config.weight ?? 1,
    upperThreshold: config.upperThreshold ?? 0,
    lowerThreshold: config.lowerThreshold ?? 0,
    tunnelType: config.tunnelType ?? TunnelType.ipip,
    tunnelPort: config.tunnelPort ?? 0,
    tunnelFlags: config.tunnelFlags ?? 0,
  };
}
