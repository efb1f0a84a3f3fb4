import { AddressFamily } from '../ipvs/address.js';
import type { DrainState, DrainTarget } from '../ipvs/drain.js';
import { DaemonState, type DestinationKey, type ServiceKey } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { protocolName } from './classic.js';
import { endpointText, numericNames } from './entry-names.js';

/** A service as messages call it, in numbers: `TCP 10.0.0.1:80`, `FWM 3`, `FWM 3 IPv6`. */
export function serviceName({ family, protocol, address, port, fwmark }: ServiceKey): string {
  if (fwmark !== 0) return `FWM ${fwmark}${family === AddressFamily.ipv6 ? ' IPv6' : ''}`;
  return `${protocolName(protocol)} ${endpointText(address, port, protocol, numericNames)}`;
}

/** A real server as messages call it, in numbers: `10.0.1.1:80`. */
export function destinationName({ address, port }: DestinationKey): string {
  return endpointText(address, port, 0, numericNames);
}

/** A real server and its service: `10.0.1.1:80 in TCP 10.0.0.1:80`. */
export function targetName({ service, destination }: DrainTarget): string {
  return `${destinationName(destination)} in ${serviceName(service)}`;
}

/** What a server still has: `3 active and 1 inactive connections, 2 persistent clients`. */
export function leftText({ active, inactive, persistent }: DrainState): string {
  const clients = persistent === 1 ? '1 persistent client' : `${persistent} persistent clients`;
  return `${active} active and ${inactive} inactive connections, ${clients}`;
}

/** What an operation does: `adding 10.0.1.1:80 to TCP 10.0.0.1:80`. */
export function operationName(operation: Operation): string {
  switch (operation.kind) {
    case 'newService':
      return `adding ${serviceName(operation.service)}`;
    case 'setService':
      return `editing ${serviceName(operation.service)}`;
    case 'delService':
      return `removing ${serviceName(operation.service)}`;
    case 'newDest':
      return `adding ${destinationName(operation.destination)} to ${serviceName(operation.service)}`;
    case 'setDest':
      return `editing ${targetName(operation)}`;
    case 'delDest':
      return `removing ${destinationName(operation.destination)} from ${serviceName(operation.service)}`;
    case 'flush':
      return 'removing every service';
    case 'zero':
      return 'zeroing counters';
    case 'setConfig':
      return 'setting the timeouts';
    case 'newDaemon':
      return `starting the ${daemonName(operation.daemon)}`;
    case 'delDaemon':
      return `stopping the ${daemonName(operation.daemon)}`;
  }
}

/** `master sync daemon` */
export function daemonName({ state }: { readonly state: DaemonState }): string {
  return `${state === DaemonState.master ? 'master' : 'backup'} sync daemon`;
}
