import { AddressFamily, parseAddress, parseIpv4, type IpAddress } from '../../ipvs/address.js';
import { destinationWith, serviceWith } from '../../ipvs/defaults.js';
import {
  defaultPersistence,
  defaultScheduler,
  largestCount,
  largestFwmark,
  largestPort,
  largestTimeout,
} from '../../ipvs/limits.js';
import {
  addressService,
  Forwarding,
  fwmarkService,
  Protocol,
  ServiceFlag,
  type Destination,
  type ServiceKey,
} from '../../ipvs/model.js';
import { destinationId, type TableEntry } from '../table.js';
import { addressRange } from './addresses.js';
import { ConfigurationError, type ConfigurationPlace, type Notify } from './source.js';
import type { Statement } from './statements.js';
import {
  defaultMethod,
  flagKeywords,
  parseEngine,
  parseMethod,
  parseNumber,
  protocolNames,
  schedulers,
  type Method,
} from './values.js';

// What is wrong in a value keepalived ignores with a warning; so it is here, with a notice.

/** Most services and servers that one `virtual_server` may make, and most members of a group. */
const largestTable = 1_000_000;

/** What a group of virtual servers consists of. */
export type GroupMember =
  | { readonly address: IpAddress; readonly port: number }
  | { readonly fwmark: number; readonly family: AddressFamily | undefined };

interface RealServer {
  readonly place: ConfigurationPlace;
  readonly address: IpAddress;
  readonly port: number | undefined;
  weight: number | undefined;
  method: Method | undefined;
  upperThreshold: number;
  lowerThreshold: number;
}

interface VirtualServer {
  readonly place: ConfigurationPlace;
  readonly grouped: boolean;
  scheduler: string | undefined;
  flags: number;
  method: Method | undefined;
  protocol: number | undefined;
  family: AddressFamily | undefined;
  timeout: number | undefined;
  granularity: string | undefined;
  engine: string;
  weight: number;
  readonly servers: RealServer[];
}

/** The members that a `virtual_server_group` names. */
export function readGroup(statement: Statement, notify: Notify): readonly GroupMember[] {
  const members: GroupMember[] = [];
  for (const item of statement.body ?? []) {
    const { place, keyword, values } = item;
    const added = readMembers(item);
    if (added === undefined)
      notify(place, `ignored in a virtual_server_group: ${[keyword, ...values].join(' ')}`);
    for (const member of added ?? []) members.push(member);
    if (members.length > largestTable) throw new ConfigurationError(place, 'too many members of a group');
  }
  return members;
}

function readMembers({ keyword, values }: Statement): readonly GroupMember[] | undefined {
  if (keyword === 'fwmark') {
    const fwmark = parseNumber(values[0], 1, largestFwmark);
    return fwmark === undefined ? undefined : [{ fwmark, family: parseFamily(values[1]) }];
  }
  const port = values[0] === undefined ? 0 : parseNumber(values[0], 0, largestPort);
  return port === undefined ? undefined : addressRange(keyword)?.map((address) => ({ address, port }));
}

/** The services that a `virtual_server` makes. */
export function readVirtualServer(
  statement: Statement,
  groups: ReadonlyMap<string, readonly GroupMember[]>,
  notify: Notify,
): readonly TableEntry[] {
  const [kind = '', value] = statement.values;
  const members = kind === 'group' ? groups.get(value ?? '') : singleMember(kind, value);
  if (members === undefined || members.length === 0) {
    const what = kind === 'group' ? `group ${value ?? ''}, which has no members` : statement.values.join(' ');
    notify(statement.place, `virtual_server ignored: ${what}`);
    return [];
  }
  const virtual = readBody(statement, kind === 'group', notify);
  if (virtual.servers.length === 0) {
    notify(statement.place, 'virtual_server ignored: it has no real servers');
    return [];
  }
  const size = members.length * (1 + virtual.servers.length);
  if (size > largestTable) throw new ConfigurationError(statement.place, 'too many services and servers');
  return members.map((member) => tableEntry(virtual, member, notify));
}

function singleMember(kind: string, value: string | undefined): readonly GroupMember[] | undefined {
  if (kind === 'fwmark') {
    const fwmark = parseNumber(value, 1, largestFwmark);
    return fwmark === undefined ? undefined : [{ fwmark, family: undefined }];
  }
  const address = parseAddress(kind);
  const port = value === undefined ? 0 : parseNumber(value, 0, largestPort);
  return address === undefined || port === undefined ? undefined : [{ address, port }];
}

function parseFamily(text: string | undefined): AddressFamily | undefined {
  if (text === 'inet6') return AddressFamily.ipv6;
  return text === 'inet' ? AddressFamily.ipv4 : undefined;
}

function readBody(statement: Statement, grouped: boolean, notify: Notify): VirtualServer {
  const virtual: VirtualServer = {
    place: statement.place,
    grouped,
    scheduler: undefined,
    flags: 0,
    method: undefined,
    protocol: undefined,
    family: undefined,
    timeout: undefined,
    granularity: undefined,
    engine: '',
    weight: 1,
    servers: [],
  };
  for (const item of statement.body ?? []) {
    const { place, keyword, values } = item;
    if (keyword === 'real_server') {
      const server = readRealServer(item, notify);
      if (server !== undefined) virtual.servers.push(server);
    } else if (!takeFlag(virtual, item, notify)) {
      const take = virtualServerKeywords.get(keyword);
      if (take === undefined) notify(place, `ignored: ${keyword}`);
      else if (!take(virtual, values)) notify(place, `ignored: ${[keyword, ...values].join(' ')}`);
    }
  }
  return virtual;
}

function takeFlag(virtual: VirtualServer, { place, keyword }: Statement, notify: Notify): boolean {
  const flag = flagKeywords.get(keyword);
  if (flag === undefined) return false;
  if (flag.scheduler === undefined || flag.scheduler === virtual.scheduler) virtual.flags |= flag.bit;
  else notify(place, `ignored: ${keyword}, which needs lvs_sched ${flag.scheduler} above it`);
  return true;
}

type Take<Target> = (target: Target, values: readonly string[]) => boolean;

/** Takes a value where it is one. */
function taking<Target, Value>(
  parse: (values: readonly string[]) => Value | undefined,
  set: (target: Target, value: Value) => void,
): Take<Target> {
  return (target, values) => {
    const value = parse(values);
    if (value !== undefined) set(target, value);
    return value !== undefined;
  };
}

const takeScheduler = taking<VirtualServer, string>(
  ([name]) => schedulers.find((scheduler) => scheduler === name),
  (virtual, name) => {
    virtual.scheduler = name;
  },
);

const takeMethod = taking<VirtualServer | RealServer, Method>(parseMethod, (target, method) => {
  target.method = method;
});

const parseCount = ([text]: readonly string[]): number | undefined => parseNumber(text, 0, largestCount);

const takeWeight = taking<VirtualServer | RealServer, number>(parseCount, (target, weight) => {
  target.weight = weight;
});

const virtualServerKeywords: ReadonlyMap<string, Take<VirtualServer>> = new Map(
  Object.entries<Take<VirtualServer>>({
    lvs_sched: takeScheduler,
    lb_algo: takeScheduler,
    lvs_method: takeMethod,
    lb_kind: takeMethod,
    weight: takeWeight,
    protocol: taking(
      ([name]) => protocolNames.get(name?.toUpperCase() ?? ''),
      (virtual, protocol) => {
        virtual.protocol = protocol;
      },
    ),
    ip_family: taking(
      ([name]) => parseFamily(name),
      (virtual, family) => {
        virtual.family = family;
      },
    ),
    persistence_timeout: taking(
      ([text]) => (text === undefined ? defaultPersistence : parseNumber(text, 1, largestTimeout)),
      (virtual, timeout) => {
        virtual.timeout = timeout;
      },
    ),
    persistence_granularity: taking(
      ([text]) => (text !== undefined && isGranularity(text) ? text : undefined),
      (virtual, granularity) => {
        virtual.granularity = granularity;
      },
    ),
    persistence_engine: taking(
      ([name]) => parseEngine(name),
      (virtual, engine) => {
        virtual.engine = engine;
      },
    ),
  }),
);

const realServerKeywords: ReadonlyMap<string, Take<RealServer>> = new Map(
  Object.entries<Take<RealServer>>({
    lvs_method: takeMethod,
    lb_kind: takeMethod,
    weight: takeWeight,
    uthreshold: taking(parseCount, (server, count) => {
      server.upperThreshold = count;
    }),
    lthreshold: taking(parseCount, (server, count) => {
      server.lowerThreshold = count;
    }),
  }),
);

function readRealServer(statement: Statement, notify: Notify): RealServer | undefined {
  const [host = '', portText] = statement.values;
  const address = parseAddress(host);
  const port = portText === undefined ? undefined : parseNumber(portText, 0, largestPort);
  if (address === undefined || (portText !== undefined && port === undefined)) {
    notify(statement.place, `ignored: real_server ${statement.values.join(' ')}`);
    return undefined;
  }
  const server: RealServer = {
    place: statement.place,
    address,
    port,
    weight: undefined,
    method: undefined,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  for (const { place, keyword, values } of statement.body ?? []) {
    const take = realServerKeywords.get(keyword);
    if (take === undefined) notify(place, `ignored: ${keyword}`);
    else if (!take(server, values)) notify(place, `ignored: ${[keyword, ...values].join(' ')}`);
  }
  return server;
}

function isGranularity(text: string): boolean {
  return parseIpv4(text) !== undefined || parseNumber(text, 1, 128) !== undefined;
}

/** A mask, or a length of a prefix where the family has those. */
function netmaskOf(text: string, family: AddressFamily): number | undefined {
  return family === AddressFamily.ipv4 ? parseIpv4(text)?.w0 : parseNumber(text, 1, 128);
}

function tableEntry(virtual: VirtualServer, member: GroupMember, notify: Notify): TableEntry {
  const key = keyOf(virtual, member);
  const destinations = new Map<string, Destination>();
  for (const server of virtual.servers) {
    const destination = destinationOf(virtual, server, key);
    if (destination.address.family !== key.family && destination.forwarding !== Forwarding.tunnel) {
      notify(server.place, 'ignored: a real_server of the other address family without a tunnel');
    } else if (destinations.has(destinationId(destination))) {
      notify(server.place, 'ignored: a real_server that is there already');
    } else {
      destinations.set(destinationId(destination), destination);
    }
  }
  return { service: serviceOf(virtual, key, notify), destinations: [...destinations.values()] };
}

function keyOf(virtual: VirtualServer, member: GroupMember): ServiceKey {
  if ('fwmark' in member) {
    const family = member.family ?? virtual.family ?? virtual.servers[0]?.address.family;
    return fwmarkService(member.fwmark, family);
  }
  return addressService(virtual.protocol ?? Protocol.udp, member.address, member.port);
}

function serviceOf(virtual: VirtualServer, key: ServiceKey, notify: Notify): TableEntry['service'] {
  const { scheduler = defaultScheduler, flags, granularity, grouped, engine } = virtual;
  const netmask = granularity === undefined || grouped ? undefined : netmaskOf(granularity, key.family);
  if (granularity !== undefined && netmask === undefined) {
    notify(
      virtual.place,
      grouped
        ? 'ignored as by keepalived: persistence_granularity of a group'
        : `ignored: persistence_granularity ${granularity}`,
    );
  }
  const anyPort = key.fwmark === 0 && key.port === 0;
  const { timeout = anyPort || netmask !== undefined ? defaultPersistence : 0 } = virtual;
  return serviceWith(key, {
    scheduler,
    flags: timeout > 0 ? flags | ServiceFlag.persistent : flags,
    timeout,
    ...(netmask === undefined ? {} : { netmask }),
    persistenceEngine: engine,
  });
}

function destinationOf(virtual: VirtualServer, server: RealServer, key: ServiceKey): Destination {
  const method = server.method ?? virtual.method ?? defaultMethod;
  const { address, weight = virtual.weight, upperThreshold, lowerThreshold } = server;
  return destinationWith(
    { address, port: portOf(virtual, server, method, key) },
    { ...method, weight, upperThreshold, lowerThreshold },
  );
}

/** Only address translation changes ports. */
function portOf(virtual: VirtualServer, { port }: RealServer, method: Method, key: ServiceKey): number {
  const translated = method.forwarding === Forwarding.masquerade;
  if (key.fwmark !== 0) return translated ? (port ?? 0) : 0;
  if (virtual.grouped) return port ?? 0;
  return translated && port !== undefined && port > 0 ? port : key.port;
}
