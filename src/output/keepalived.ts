import { AddressFamily, ipv4Text } from '../ipvs/address.js';
import {
  Forwarding,
  hostNetmask,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type Timeouts,
} from '../ipvs/model.js';
import { schedulerFlagList } from '../ipvs/scheduler-flags.js';
import { printableText } from './printable-text.js';

/** What a configuration for keepalived says, and what of the table it can't. */
export interface KeepalivedText {
  readonly text: string;
  /** A sentence each, without a full stop. */
  readonly losses: readonly string[];
}

const protocols: Readonly<Record<number, string>> = {
  [Protocol.tcp]: 'TCP',
  [Protocol.udp]: 'UDP',
  [Protocol.sctp]: 'SCTP',
};

/** A service with its servers as a `virtual_server` block of `keepalived.conf(5)`, without checkers. */
export function virtualServerText(service: Service, destinations: readonly Destination[]): KeepalivedText {
  const name = virtualServerName(service);
  const losses: string[] = [];
  const lines = [`${name} {`, ...serviceLines(service, destinations).map((line) => `  ${line}`)];
  for (const [what, word] of [
    ['scheduler', service.scheduler],
    ['persistence engine', service.persistenceEngine],
  ] as const) {
    if (word !== '' && !isWord(word))
      losses.push(`${name}: the ${what} ${printableText(word)} is left out, which is no word for keepalived`);
  }
  if (destinations.length === 0) losses.push(`keepalived ignores ${name}, which has no real servers`);
  for (const destination of destinations) {
    const port = portOf(service, destination);
    const { address } = destination;
    if (port !== destination.port) {
      losses.push(`${name}: real_server ${address.toString()} ${destination.port} gets the port ${port}`);
    }
    lines.push(
      `  real_server ${address.toString()} ${port} {`,
      ...serverLines(destination).map((line) => `    ${line}`),
      '  }',
    );
  }
  return { text: `${lines.join('\n')}\n}\n`, losses };
}

/** The timeouts as a `global_defs` block. */
export function timeoutsText({ tcp, tcpFin, udp }: Timeouts): string {
  const values = [
    ['tcp', tcp],
    ['tcpfin', tcpFin],
    ['udp', udp],
  ] as const;
  const set = values.filter(([, seconds]) => seconds > 0).map(([name, seconds]) => `${name} ${seconds}`);
  return set.length === 0 ? '' : `global_defs {\n  lvs_timeouts ${set.join(' ')}\n}\n`;
}

/** Whether a name means itself in a configuration: no blanks, quotes, braces, comments, nor control characters. */
function isWord(name: string): boolean {
  return /^[\w.+-]+$/.test(name);
}

function virtualServerName({ fwmark, address, port }: Service): string {
  return fwmark === 0 ? `virtual_server ${address.toString()} ${port}` : `virtual_server fwmark ${fwmark}`;
}

function serviceLines(service: Service, destinations: readonly Destination[]): string[] {
  const { flags, scheduler } = service;
  const lines = isWord(scheduler) ? [`lvs_sched ${scheduler}`] : [];
  lines.push(...schedulerFlagList(flags, scheduler));
  const method = destinations[0]?.forwarding;
  lines.push(`lvs_method ${methodName(method ?? Forwarding.masquerade)}`);
  if (service.fwmark === 0) lines.push(`protocol ${protocols[service.protocol] ?? 'TCP'}`);
  else lines.push(`ip_family ${service.family === AddressFamily.ipv6 ? 'inet6' : 'inet'}`);
  if ((flags & ServiceFlag.onePacket) !== 0) lines.push('ops');
  if ((flags & ServiceFlag.persistent) !== 0) {
    lines.push(`persistence_timeout ${service.timeout}`);
    if (service.netmask !== hostNetmask(service.family)) {
      const isIpv4 = service.family === AddressFamily.ipv4;
      lines.push(`persistence_granularity ${isIpv4 ? ipv4Text(service.netmask) : service.netmask}`);
    }
  }
  if (isWord(service.persistenceEngine)) lines.push(`persistence_engine ${service.persistenceEngine}`);
  return lines;
}

function serverLines(destination: Destination): string[] {
  const { weight, upperThreshold, lowerThreshold } = destination;
  const lines = [`weight ${weight}`, `lvs_method ${methodText(destination)}`];
  if (upperThreshold > 0) lines.push(`uthreshold ${upperThreshold}`);
  if (lowerThreshold > 0) lines.push(`lthreshold ${lowerThreshold}`);
  return lines;
}

function methodName(forwarding: number): string {
  if (forwarding === Forwarding.masquerade) return 'NAT';
  return forwarding === Forwarding.tunnel ? 'TUN' : 'DR';
}

function methodText({ forwarding, tunnelType, tunnelPort, tunnelFlags }: Destination): string {
  const name = methodName(forwarding);
  if (name !== 'TUN' || tunnelType === TunnelType.ipip) return name;
  const type = tunnelType === TunnelType.gue ? `gue port ${tunnelPort}` : 'gre';
  return `TUN type ${type} ${checksum(tunnelFlags)}`;
}

function checksum(flags: number): string {
  if ((flags & TunnelFlag.remcsum) !== 0) return 'remcsum';
  return (flags & TunnelFlag.csum) !== 0 ? 'csum' : 'nocsum';
}

/** Only address translation changes ports, and for a service by address keepalived takes 0 for its port. */
function portOf(service: Service, { forwarding, port }: Destination): number {
  if (forwarding === Forwarding.masquerade && (port > 0 || service.fwmark !== 0)) return port;
  return service.fwmark === 0 ? service.port : 0;
}
