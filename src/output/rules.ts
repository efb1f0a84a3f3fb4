import { AddressFamily, type IpAddress } from '../ipvs/address.js';
import {
  DaemonState,
  Forwarding,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
  type SyncDaemon,
  type Timeouts,
} from '../ipvs/model.js';
import { schedulerFlagText } from '../ipvs/scheduler-flags.js';
import { netmaskText } from './classic.js';
import { endpointText, longestEndpoint, numericNames, type EntryNames } from './entry-names.js';

/** The options that name a service in a rule: `-t 10.0.0.1:80`, `-f 3 -6`. */
export function serviceOptions(service: ServiceKey, names: EntryNames): string {
  if (service.fwmark !== 0)
    return `-f ${service.fwmark}${service.family === AddressFamily.ipv6 ? ' -6' : ''}`;
  return `${protocolOption(service.protocol)} ${endpoint(service.address, service.port, service.protocol, names)}`;
}

/** Names that listings cut would be read back as others: numbers then. */
function endpoint(address: IpAddress, port: number, protocol: number, names: EntryNames): string {
  const text = endpointText(address, port, protocol, names);
  return text.length < longestEndpoint ? text : endpointText(address, port, protocol, numericNames);
}

function protocolOption(protocol: number): string {
  if (protocol === Protocol.tcp) return '-t';
  return protocol === Protocol.udp ? '-u' : '--sctp-service';
}

/** The rule that adds a service, as a line. What rules can't say is to be made sayable before: see rule-limits. */
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

/** The rule that adds a real server to a service, as a line; `options` name the service. */
export function destinationRule(
  destination: Destination,
  service: ServiceKey,
  names: EntryNames,
  options = serviceOptions(service, names),
): string {
  const server = endpoint(destination.address, destination.port, service.protocol, names);
  const forwarding = forwardingOptions[destination.forwarding] ?? '-g';
  let text = `-a ${options} -r ${server} ${forwarding} -w ${destination.weight}`;
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

/** The command that sets the connection timeouts, as a line. */
export function timeoutsRule({ tcp, tcpFin, udp }: Timeouts): string {
  return `--set ${tcp} ${tcpFin} ${udp}\n`;
}

/** The command that starts a sync daemon, as a line. */
export function daemonRule(daemon: SyncDaemon): string {
  const state = daemon.state === DaemonState.master ? 'master' : 'backup';
  // Attached with `=`: restore would drop an interface called `ipvsadm` as a word of its own.
  let text = `--start-daemon ${state} --mcast-interface=${daemon.interface} --syncid=${daemon.syncId}`;
  if (daemon.maxLength !== undefined) text += ` --sync-maxlen=${daemon.maxLength}`;
  if (daemon.group !== undefined) text += ` --mcast-group=${daemon.group.toString()}`;
  if (daemon.port !== undefined) text += ` --mcast-port=${daemon.port}`;
  if (daemon.ttl !== undefined) text += ` --mcast-ttl=${daemon.ttl}`;
  return `${text}\n`;
}
