import { AddressFamily } from '../ipvs/address.js';
import {
  Forwarding,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
} from '../ipvs/model.js';
import { schedulerFlagText } from '../ipvs/scheduler-flags.js';
import { netmaskText } from './classic.js';
import { endpointText, type EntryNames } from './entry-names.js';

/** The options that name a service in a rule: `-t 10.0.0.1:80`, `-f 3 -6`. */
export function serviceOptions(service: ServiceKey, names: EntryNames): string {
  if (service.fwmark !== 0)
    return `-f ${service.fwmark}${service.family === AddressFamily.ipv6 ? ' -6' : ''}`;
  return `${protocolOption(service.protocol)} ${endpointText(service.address, service.port, service.protocol, names)}`;
}

function protocolOption(protocol: number): string {
  if (protocol === Protocol.tcp) return '-t';
  return protocol === Protocol.udp ? '-u' : '--sctp-service';
}

/** The rule that adds a service, as a line. */
export function serviceRule(service: Service, names: EntryNames): string {
  let text = `-A ${serviceOptions(service, names)} -s ${service.scheduler}`;
  if ((service.flags & ServiceFlag.persistent) !== 0) {
    const mask = netmaskText(service);
    text += ` -p ${service.timeout}`;
    if (mask !== '') text += ` -M ${mask}`;
  }
  if (service.persistenceEngine !== '') text += ` --pe ${service.persistenceEngine}`;
  if ((service.flags & ServiceFlag.onePacket) !== 0) text += ' -o';
  const flags = schedulerFlagText(service.flags, service.scheduler);
  if (flags !== '') text += ` -b ${flags}`;
  return `${text}\n`;
}

const forwardingOptions: readonly string[] = ['-m', '-g', '-i', '-g'];

/** The rule that adds a real server to a service, as a line. */
export function destinationRule(destination: Destination, service: ServiceKey, names: EntryNames): string {
  const endpoint = endpointText(destination.address, destination.port, service.protocol, names);
  const forwarding = forwardingOptions[destination.forwarding] ?? '-g';
  let text = `-a ${serviceOptions(service, names)} -r ${endpoint} ${forwarding} -w ${destination.weight}`;
  if (destination.forwarding === Forwarding.tunnel) text += tunnelOptions(destination);
  if (destination.upperThreshold !== 0) text += ` -x ${destination.upperThreshold}`;
  if (destination.lowerThreshold !== 0) text += ` -y ${destination.lowerThreshold}`;
  return `${text}\n`;
}

function tunnelOptions({ tunnelType, tunnelPort, tunnelFlags }: Destination): string {
  if (tunnelType === TunnelType.gue) {
    return ` --tun-type gue --tun-port ${tunnelPort} ${checksumOption(tunnelFlags)}`;
  }
  return tunnelType === TunnelType.gre
    ? ` --tun-type gre ${checksumOption(tunnelFlags)}`
    : ' --tun-type ipip';
}

function checksumOption(flags: number): string {
  if ((flags & TunnelFlag.remcsum) !== 0) return '--tun-remcsum';
  return (flags & TunnelFlag.csum) !== 0 ? '--tun-csum' : '--tun-nocsum';
}
