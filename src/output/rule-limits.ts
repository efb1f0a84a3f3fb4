import { largestCount, largestTimeout } from '../ipvs/limits.js';
import {
  Forwarding,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
  type Timeouts,
} from '../ipvs/model.js';

// Other programs can set what no rule can say.

const nameable: readonly number[] = Object.values(Protocol);

/** Whether a rule can name a service. */
export function isNameable({ fwmark, protocol }: ServiceKey): boolean {
  return fwmark !== 0 || nameable.includes(protocol);
}

const knownFlags = Object.values(ServiceFlag).reduce<number>((flags, flag) => flags | flag, 0);

/** A service as a rule can say it: the nearest to what it is; itself where a rule can say it all. */
export function sayableService<T extends Service>(service: T): T {
  const isPersistent = (service.flags & ServiceFlag.persistent) !== 0;
  const flags = service.flags & knownFlags;
  const timeout = isPersistent ? Math.min(Math.max(service.timeout, 1), largestTimeout) : service.timeout;
  return flags === service.flags && timeout === service.timeout ? service : { ...service, flags, timeout };
}

/** A real server as a rule can say it: the nearest to what it is; itself where a rule can say it all. */
export function sayableDestination<T extends Destination>(destination: T): T {
  const { forwarding, upperThreshold, lowerThreshold } = destination;
  if (forwarding <= Forwarding.route && forwarding !== Forwarding.tunnel) {
    if (upperThreshold <= largestCount && lowerThreshold <= largestCount) return destination;
  }
  return {
    ...destination,
    ...(forwarding === Forwarding.tunnel ? sayableTunnel(destination) : {}),
    forwarding: forwarding <= Forwarding.route ? forwarding : Forwarding.route,
    upperThreshold: Math.min(upperThreshold, largestCount),
    lowerThreshold: Math.min(lowerThreshold, largestCount),
  };
}

function sayableTunnel({
  tunnelType,
  tunnelFlags,
}: Destination): Pick<Destination, 'tunnelType' | 'tunnelFlags'> {
  if (tunnelType === TunnelType.gre) return { tunnelType, tunnelFlags: tunnelFlags & TunnelFlag.csum };
  if (tunnelType !== TunnelType.gue) return { tunnelType: TunnelType.ipip, tunnelFlags };
  const isRemote = (tunnelFlags & TunnelFlag.remcsum) !== 0;
  return { tunnelType, tunnelFlags: isRemote ? TunnelFlag.remcsum : tunnelFlags & TunnelFlag.csum };
}

/** Timeouts as a command can say them: 0, which leaves a timeout as it is, for those that are too long. */
export function sayableTimeouts({ tcp, tcpFin, udp }: Timeouts): Timeouts {
  const sayable = (timeout: number): number => (timeout <= largestTimeout ? timeout : 0);
  return { tcp: sayable(tcp), tcpFin: sayable(tcpFin), udp: sayable(udp) };
}

const labels: Readonly<Record<string, string>> = {
  flags: 'flags',
  timeout: 'persistence timeout',
  forwarding: 'forwarding method',
  upperThreshold: 'upper threshold',
  lowerThreshold: 'lower threshold',
  tunnelType: 'tunnel type',
  tunnelFlags: 'tunnel flags',
  tcp: 'TCP timeout',
  tcpFin: 'TCP FIN timeout',
  udp: 'UDP timeout',
};

/** What is different about an entry and how it is said: `forwarding method 5 is saved as 3`. */
export function losses<T extends object>(entry: T, sayable: NoInfer<T>): string[] {
  const said = new Map<string, unknown>(Object.entries(sayable));
  return Object.entries(entry)
    .filter(([name, value]) => name in labels && value !== said.get(name))
    .map(([name, value]) => `${labels[name] ?? name} ${String(value)} is saved as ${String(said.get(name))}`);
}
