import { AddressFamily, ipv4Text } from '../ipvs/address.js';
import {
  Forwarding,
  hostNetmask,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  versionText,
  type Destination,
  type DestinationEntry,
  type DestinationKey,
  type DestinationState,
  type DestinationSummary,
  type Info,
  type Service,
  type ServiceEntry,
  type ServiceKey,
  type Stats,
} from '../ipvs/model.js';
import type { Listed } from '../ipvs/listing.js';
import { schedulerFlagText } from '../ipvs/scheduler-flags.js';
import { endpointText, type EntryNames } from './entry-names.js';

export interface ClassicOptions {
  readonly names: EntryNames;
  /** Counters in full instead of in thousands, millions and so on. */
  readonly exact: boolean;
}

/** A classic listing of the table: its title lines, and the text of services and servers. */
export interface ClassicFormat<S extends Service = ServiceEntry, D = DestinationEntry> {
  readonly title: string;
  readonly service: (entry: S, options: ClassicOptions) => string;
  readonly destination: (entry: D, service: ServiceKey, options: ClassicOptions) => string;
}

/** The first line of a listing of the whole table. */
export function versionLine(info: Info): string {
  return `IP Virtual Server version ${versionText(info.version)} (size=${info.connectionTableSize})\n`;
}

/** The text of a service with its servers. */
export function entryText<S extends Service, D>(
  format: ClassicFormat<S, D>,
  entry: Listed<S, D>,
  options: ClassicOptions,
): string {
  let text = format.service(entry.service, options);
  for (const destination of entry.destinations)
    text += format.destination(destination, entry.service, options);
  return text;
}

/** Name of an IP protocol in listings. */
export function protocolName(protocol: number): string {
  if (protocol === Protocol.tcp) return 'TCP';
  if (protocol === Protocol.udp) return 'UDP';
  return protocol === Protocol.sctp ? 'SCTP' : String(protocol);
}

const forwardingNames: readonly string[] = ['Masq', 'Local', 'Tunnel', 'Route', 'Bypass'];

/** Name of a forwarding method in listings. */
export function forwardingName(forwarding: number): string {
  return forwardingNames[forwarding] ?? String(forwarding);
}

const serviceNameWidth = 33;
const serverNameWidth = 28;

function serviceName(service: ServiceKey, names: EntryNames): string {
  if (service.fwmark !== 0) {
    return `FWM  ${service.fwmark}${service.family === AddressFamily.ipv6 ? ' IPv6' : ''}`;
  }
  const endpoint = endpointText(service.address, service.port, service.protocol, names);
  const name = `${protocolName(service.protocol).padEnd(4)} ${endpoint}`;
  return service.family === AddressFamily.ipv4 ? name.slice(0, serviceNameWidth) : name;
}

function serverName(entry: DestinationKey, service: ServiceKey, names: EntryNames): string {
  const endpoint = endpointText(entry.address, entry.port, service.protocol, names);
  const cut = entry.address.family === AddressFamily.ipv4 ? endpoint.slice(0, serverNameWidth) : endpoint;
  return `  -> ${cut}${blanks(serverNameWidth - cut.length)}`;
}

/** Persistence netmask as text, empty when it groups nothing. */
export function netmaskText(service: Service): string {
  if (service.netmask === hostNetmask(service.family)) return '';
  return service.family === AddressFamily.ipv4 ? ipv4Text(service.netmask) : String(service.netmask);
}

function serviceLine(service: Service, { names }: ClassicOptions): string {
  return `${serviceName(service, names)} ${serviceProperties(service)}\n`;
}

/** What is configured for a service: `wlc persistent 300`. */
export function serviceProperties(service: Service): string {
  const flags = schedulerFlagText(service.flags, service.scheduler);
  let text = service.scheduler;
  if (flags !== '') text += ` (${flags})`;
  if ((service.flags & ServiceFlag.persistent) !== 0) {
    const mask = netmaskText(service);
    text += ` persistent ${service.timeout}`;
    if (mask !== '') text += ` mask ${mask}`;
    if (service.persistenceEngine !== '') text += ` pe ${service.persistenceEngine}`;
  }
  if ((service.flags & ServiceFlag.onePacket) !== 0) text += ' ops';
  return text;
}

/** The tunnel of a server: `gue:6080:+c`; `n/a` for one without. */
export function tunnelText(entry: Destination): string {
  if (entry.forwarding !== Forwarding.tunnel) return 'n/a';
  if (entry.tunnelType === TunnelType.ipip) return 'ipip';
  const flags = tunnelFlagText(entry.tunnelFlags);
  if (entry.tunnelType === TunnelType.gue) return `gue:${entry.tunnelPort}:${flags}`;
  return entry.tunnelType === TunnelType.gre ? `gre:${flags}` : String(entry.tunnelType);
}

function tunnelFlagText(flags: number): string {
  if (flags === 0) return '-c';
  if (flags === TunnelFlag.csum) return '+c';
  return flags === TunnelFlag.remcsum ? 'r+c' : String(flags);
}

function connectionColumns(entry: DestinationSummary): string {
  return `${column(entry.activeConnections, 10)} ${column(entry.inactiveConnections, 10)}\n`;
}

/** More than any column has. */
const allBlanks = ' '.repeat(64);

function blanks(count: number): string {
  return count > 0 ? allBlanks.slice(0, count) : '';
}

function column(value: number | string, width: number): string {
  const text = String(value);
  return `${text}${blanks(width - text.length)}`;
}

const forwardingColumns = forwardingNames.map((name) => column(name, 7));

function forwardingText(entry: DestinationSummary): string {
  return forwardingColumns[entry.forwarding] ?? column(forwardingName(entry.forwarding), 7);
}

const suffixes: readonly { readonly below: bigint; readonly divisor: bigint; readonly letter: string }[] = [
  { below: 10n ** 9n, divisor: 10n ** 3n, letter: 'K' },
  { below: 10n ** 11n, divisor: 10n ** 6n, letter: 'M' },
  { below: 10n ** 14n, divisor: 10n ** 9n, letter: 'G' },
];
const largest = { divisor: 10n ** 12n, letter: 'T' };

/** A counter in a column of nine, in thousands and more from 10^8 on unless it is wanted in full. */
export function counter(value: bigint, exact: boolean): string {
  if (exact || value < 10n ** 8n) return fullCounter(value);
  const { divisor, letter } = suffixes.find(({ below }) => value < below) ?? largest;
  return String(value / divisor).padStart(8) + letter;
}

const noCount = '        0';

function fullCounter(value: bigint): string {
  if (value === 0n) return noCount;
  const text = String(value);
  return ` ${blanks(8 - text.length)}${text}`;
}

function countersText(stats: Stats, exact: boolean): string {
  return `${counter(stats.connections, exact)}${counter(stats.inPackets, exact)}${counter(stats.outPackets, exact)}${counter(stats.inBytes, exact)}${counter(stats.outBytes, exact)}\n`;
}

function ratesText(stats: Stats, exact: boolean): string {
  return `${counter(stats.connectionRate, exact)}${counter(stats.inPacketRate, exact)}${counter(stats.outPacketRate, exact)}${counter(stats.inByteRate, exact)}${counter(stats.outByteRate, exact)}\n`;
}

function serverRatesText(stats: Stats, exact: boolean): string {
  return `${fullCounter(stats.connectionRate)}${fullCounter(stats.inPacketRate)}${fullCounter(stats.outPacketRate)}${counter(stats.inByteRate, exact)}${counter(stats.outByteRate, exact)}\n`;
}

function paddedServiceName(service: ServiceEntry, { names }: ClassicOptions): string {
  return serviceName(service, names).padEnd(serviceNameWidth);
}

const serverTitle = '  -> RemoteAddress:Port\n';

const plain: ClassicFormat<Service, DestinationSummary> = {
  title:
    'Prot LocalAddress:Port Scheduler Flags\n' +
    '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n',
  service: serviceLine,
  destination: (entry, service, { names }) =>
    `${serverName(entry, service, names)} ${forwardingText(entry)} ${column(entry.weight, 6)} ${connectionColumns(entry)}`,
};

const stats: ClassicFormat = {
  title: `Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n${serverTitle}`,
  service: (service, options) =>
    paddedServiceName(service, options) + countersText(service.stats, options.exact),
  destination: (entry, service, { names, exact }) =>
    serverName(entry, service, names) + countersText(entry.stats, exact),
};

const rate: ClassicFormat = {
  title: `Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n${serverTitle}`,
  service: (service, options) =>
    paddedServiceName(service, options) + ratesText(service.stats, options.exact),
  destination: (entry, service, { names, exact }) =>
    serverName(entry, service, names) + serverRatesText(entry.stats, exact),
};

const thresholds: ClassicFormat<Service, DestinationState> = {
  title: `Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n${serverTitle}`,
  service: serviceLine,
  destination: (entry, service, { names }) =>
    `${serverName(entry, service, names)} ${column(entry.upperThreshold, 10)} ${column(entry.lowerThreshold, 10)} ${connectionColumns(entry)}`,
};

const persistentConnections: ClassicFormat<Service, DestinationState> = {
  title: `Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n${serverTitle}`,
  service: serviceLine,
  destination: (entry, service, { names }) =>
    `${serverName(entry, service, names)} ${column(entry.weight, 9)} ${column(entry.persistentConnections, 11)} ${connectionColumns(entry)}`,
};

const tunnels: ClassicFormat<Service, DestinationState> = {
  title:
    'Prot LocalAddress:Port Scheduler Flags\n' +
    '  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn\n',
  service: serviceLine,
  destination: (entry, service, { names }) =>
    `${serverName(entry, service, names)} ${forwardingText(entry)} ${column(tunnelText(entry), 13)} ${column(entry.weight, 6)} ${connectionColumns(entry)}`,
};

/** Every classic format of the table. */
export const classicFormats = {
  plain,
  stats,
  rate,
  thresholds,
  'persistent-conn': persistentConnections,
  'tun-info': tunnels,
} as const;
