import { AddressFamily } from './address.js';
import { DaemonState, Forwarding, Protocol, ServiceFlag, TunnelFlag, TunnelType } from './model.js';

// The JSON form of the table: what its writer prints and its reader takes. docs/json.md describes it.

/** A name of the JSON form and the kernel's number for it. */
export interface NameRow {
  readonly name: string;
  readonly value: number;
}

export const protocolRows: readonly NameRow[] = [
  { name: 'tcp', value: Protocol.tcp },
  { name: 'udp', value: Protocol.udp },
  { name: 'sctp', value: Protocol.sctp },
];

export const familyRows = [
  { name: 'ipv4', value: AddressFamily.ipv4 },
  { name: 'ipv6', value: AddressFamily.ipv6 },
] as const satisfies readonly NameRow[];

export const forwardingRows: readonly NameRow[] = [
  { name: 'masquerade', value: Forwarding.masquerade },
  { name: 'local', value: Forwarding.local },
  { name: 'tunnel', value: Forwarding.tunnel },
  { name: 'route', value: Forwarding.route },
  { name: 'bypass', value: Forwarding.bypass },
];

export const tunnelTypeRows: readonly NameRow[] = [
  { name: 'ipip', value: TunnelType.ipip },
  { name: 'gue', value: TunnelType.gue },
  { name: 'gre', value: TunnelType.gre },
];

export const tunnelFlagRows: readonly NameRow[] = [
  { name: 'csum', value: TunnelFlag.csum },
  { name: 'remcsum', value: TunnelFlag.remcsum },
];

/** The flags of a service that belong to no scheduler. Persistence has its own key. */
export const serviceFlagRows: readonly NameRow[] = [{ name: 'one_packet', value: ServiceFlag.onePacket }];

export const daemonStateRows: readonly NameRow[] = [
  { name: 'master', value: DaemonState.master },
  { name: 'backup', value: DaemonState.backup },
];

/** What a key of the JSON form is: part of the configuration, or something that is only seen. */
type KeyRole = 'configuration' | 'observation';

/** The keys of an object of the JSON form in the order in which they are written. */
export type Keys<Name extends string = string> = Readonly<Record<Name, KeyRole>>;

export const documentKeys = {
  info: 'observation',
  total: 'observation',
  timeouts: 'configuration',
  daemons: 'configuration',
  services: 'configuration',
} as const satisfies Keys;

export const serviceKeys = {
  protocol: 'configuration',
  address: 'configuration',
  host_name: 'observation',
  port: 'configuration',
  port_name: 'observation',
  fwmark: 'configuration',
  family: 'configuration',
  scheduler: 'configuration',
  scheduler_flags: 'configuration',
  flags: 'configuration',
  persistence: 'configuration',
  stats: 'observation',
  rates: 'observation',
  destinations: 'configuration',
} as const satisfies Keys;

export const persistenceKeys = {
  timeout: 'configuration',
  netmask: 'configuration',
  engine: 'configuration',
} as const satisfies Keys;

export const destinationKeys = {
  address: 'configuration',
  host_name: 'observation',
  port: 'configuration',
  port_name: 'observation',
  forwarding: 'configuration',
  weight: 'configuration',
  upper_threshold: 'configuration',
  lower_threshold: 'configuration',
  tunnel: 'configuration',
  active_connections: 'observation',
  inactive_connections: 'observation',
  persistent_connections: 'observation',
  stats: 'observation',
  rates: 'observation',
} as const satisfies Keys;

export const tunnelKeys = {
  type: 'configuration',
  port: 'configuration',
  flags: 'configuration',
} as const satisfies Keys;

export const timeoutKeys = {
  tcp: 'configuration',
  tcp_fin: 'configuration',
  udp: 'configuration',
} as const satisfies Keys;

export const daemonKeys = {
  state: 'configuration',
  interface: 'configuration',
  sync_id: 'configuration',
  max_length: 'configuration',
  group: 'configuration',
  port: 'configuration',
  ttl: 'configuration',
} as const satisfies Keys;

/** The keys of one of the objects of the listing of connections. */
export const connectionKeys = {
  protocol: 'observation',
  client: 'observation',
  virtual: 'observation',
  destination: 'observation',
  state: 'observation',
  expires: 'observation',
  persistence_engine: 'observation',
  persistence_data: 'observation',
} as const satisfies Keys;

export const endpointKeys = {
  address: 'observation',
  host_name: 'observation',
  port: 'observation',
  port_name: 'observation',
} as const satisfies Keys;

/** The keys of counters and of rates. */
export const statsKeys = {
  connections: 'observation',
  in_packets: 'observation',
  out_packets: 'observation',
  in_bytes: 'observation',
  out_bytes: 'observation',
} as const satisfies Keys;

/** The name of a number; the number itself where it has none. */
export function nameOfNumber(rows: readonly NameRow[], value: number): string | number {
  return rows.find((row) => row.value === value)?.name ?? value;
}

/** The names of the bits that are set. */
export function namesOfBits(rows: readonly NameRow[], bits: number): string[] {
  return rows.filter(({ value }) => (bits & value) !== 0).map(({ name }) => name);
}
