import { AddressFamily } from '../ipvs/address.js';
import {
  defaultInterface,
  defaultPersistence,
  defaultScheduler,
  largestCount,
  largestPort,
  largestSyncId,
  largestSyncMessage,
  largestTtl,
  nameLengths,
} from '../ipvs/limits.js';
import {
  addressService,
  type DaemonState,
  Forwarding,
  fwmarkService,
  hostNetmask,
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
import { destinationTrouble, serviceTrouble } from '../ipvs/validity.js';
import type { NameLookup } from '../names/lookup.js';
import { NoCommandError, UsageError } from './errors.js';
import { tableFormats, type Invocation, type JsonOutput, type TableOutput } from './invocation.js';
import { checkFormat, checkGroups, checkTunnel, GroupSet } from './legality.js';
import {
  commandRows,
  formatRows,
  optionRows,
  tunnelRows,
  type CommandId,
  type CommandRow,
  type FormatName,
  type GroupId,
  type OptionId,
  type OptionRow,
} from './options.js';
import { OptionScanner, type Spellings } from './popt.js';
import {
  decodeWord,
  destinationPort,
  numberOr,
  parseDaemonState,
  parseFwmark,
  parseHostPort,
  parseMulticastGroup,
  parseNetmask,
  parseSchedulerFlags,
  parseTimeout,
  type HostPort,
} from './values.js';

type Row = CommandRow | OptionRow;

/** The spellings of every command and option. */
export const spellings: Spellings<Row> = tabulateSpellings();

function tabulateSpellings(): Spellings<Row> {
  const short: (Row | undefined)[] = [];
  const long = new Map<string, Row>();
  for (const row of commandRows) {
    long.set(row.long, row);
    for (const letter of row.short) short[letter.charCodeAt(0)] = row;
  }
  for (const row of optionRows) {
    long.set(row.id, row);
    if (row.short !== undefined) short[row.short.charCodeAt(0)] = row;
  }
  return { short, long };
}

/** What the options met so far say. */
interface Draft {
  readonly names: NameLookup;
  readonly groups: GroupSet;
  family: AddressFamily;
  protocol: number;
  service: ServiceKey | undefined;
  scheduler: string;
  schedulerFlags: string | undefined;
  flags: number;
  persistence: number;
  netmask: number;
  engine: string;
  server: HostPort | undefined;
  serverPort: number;
  forwarding: number;
  weight: number;
  upperThreshold: number;
  lowerThreshold: number;
  tunnelType: number;
  tunnelPort: number;
  tunnelFlags: number;
  daemonState: DaemonState | undefined;
  daemon: Partial<Mutable<SyncDaemon>>;
  format: FormatName;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the words of a command line after the program's name, as ipvsadm 1.31 does: options from left to right,
 * each value as it comes, then the table of commands and options, then what values demand of one another.
 * Throws {@link UsageError} at the first trouble, and what `names` throws.
 */
export function parseCommandLine(
  args: readonly string[],
  programName: string,
  names: NameLookup,
): Invocation {
  const scanner = new OptionScanner(args, spellings);
  const command = firstCommand(scanner, programName);
  if (command.id === 'help' || command.id === 'version') return { command: command.id };
  const draft = newDraft(names);
  if (command.value !== undefined) {
    const what =
      command.id === 'start-daemon'
        ? 'illegal start-daemon parameter specified'
        : 'illegal start_daemon specified';
    draft.daemonState = parseDaemonState(scanner.value ?? '', what);
  }
  for (let row = scanner.next(); row !== undefined; row = scanner.next()) {
    if (!isOption(row)) throw new UsageError(`invalid option \`${scanner.lastWord}'`);
    if (row.group !== undefined && !draft.groups.add(row.group)) {
      throw new UsageError(`multiple '${row.group}' options specified`);
    }
    takeOption[row.id](draft, scanner.value ?? '', scanner.value !== undefined);
  }
  const timeouts = command.id === 'set' ? takeTimeouts(scanner.words) : unchangedTimeouts;
  const [unexpected] = scanner.words;
  if (unexpected !== undefined) throw new UsageError(`unexpected argument ${unexpected}`);
  takeSchedulerFlags(draft);
  checkGroups(command.id, draft.groups);
  return invocationOf(command.id, draft, timeouts);
}

function firstCommand(scanner: OptionScanner<Row>, programName: string): CommandRow {
  let first: Row | undefined;
  try {
    first = scanner.next();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  if (first === undefined || isOption(first)) throw new NoCommandError(programName);
  return first;
}

function isOption(row: Row): row is OptionRow {
  return 'section' in row;
}

function newDraft(names: NameLookup): Draft {
  return {
    names,
    groups: new GroupSet(),
    family: AddressFamily.ipv4,
    protocol: 0,
    service: undefined,
    scheduler: '',
    schedulerFlags: undefined,
    flags: 0,
    persistence: 0,
    netmask: hostNetmask(AddressFamily.ipv4),
    engine: '',
    server: undefined,
    serverPort: 0,
    forwarding: Forwarding.route,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnelType: TunnelType.ipip,
    tunnelPort: 0,
    tunnelFlags: 0,
    daemonState: undefined,
    daemon: {},
    format: 'plain',
  };
}

function takeServiceAddress(draft: Draft, text: string, protocol: number): void {
  draft.protocol = protocol;
  const parsed = parseHostPort(text, protocol, draft.names);
  if (parsed === undefined) throw new UsageError('illegal virtual server address[:port] specified');
  draft.service = addressService(protocol, parsed.address, parsed.port ?? 0);
  draft.family = parsed.address.family;
  if (draft.family === AddressFamily.ipv6) draft.netmask = hostNetmask(draft.family);
}

/** What each option does when it is met; `text` is empty where no value was given. */
const takeOption: Readonly<Record<OptionId, (draft: Draft, text: string, given: boolean) => void>> = {
  'tcp-service': (draft, text) => {
    takeServiceAddress(draft, text, Protocol.tcp);
  },
  'udp-service': (draft, text) => {
    takeServiceAddress(draft, text, Protocol.udp);
  },
  'sctp-service': (draft, text) => {
    takeServiceAddress(draft, text, Protocol.sctp);
  },
  'fwmark-service': (draft, text) => {
    // Names of ports after a mark are looked up as TCP's.
    draft.protocol = Protocol.tcp;
    draft.service = fwmarkService(parseFwmark(text));
    draft.family = AddressFamily.ipv4;
  },
  ipv6: (draft) => {
    if (draft.service === undefined || draft.service.fwmark === 0)
      throw new UsageError('-6 used before -f\n');
    draft.service = fwmarkService(draft.service.fwmark, AddressFamily.ipv6);
    draft.family = AddressFamily.ipv6;
    draft.netmask = hostNetmask(draft.family);
  },
  scheduler: (draft, text) => {
    draft.scheduler = cut(text, nameLengths.scheduler);
  },
  'sched-flags': (draft, text) => {
    draft.schedulerFlags = text;
  },
  persistent: (draft, text, given) => {
    draft.flags |= ServiceFlag.persistent;
    draft.persistence = given ? parseTimeout(text, 1) : defaultPersistence;
  },
  netmask: (draft, text) => {
    draft.netmask = parseNetmask(text, draft.family, draft.names);
  },
  pe: (draft, text) => {
    draft.engine = cut(text, nameLengths.persistenceEngine);
  },
  ops: (draft) => {
    draft.flags |= ServiceFlag.onePacket;
  },
  'real-server': (draft, text) => {
    draft.server = parseHostPort(text, draft.protocol, draft.names);
    if (draft.server === undefined) throw new UsageError('illegal real server address[:port] specified');
    draft.serverPort = draft.server.port ?? draft.service?.port ?? 0;
  },
  gatewaying: (draft) => {
    draft.forwarding = Forwarding.route;
  },
  ipip: (draft) => {
    draft.forwarding = Forwarding.tunnel;
  },
  masquerading: (draft) => {
    draft.forwarding = Forwarding.masquerade;
  },
  'tun-type': (draft, text) => {
    draft.tunnelType = tunnelRows.findIndex(({ name }) => name === text);
    if (draft.tunnelType < 0) throw new UsageError('illegal tunnel type specified');
  },
  'tun-port': (draft, text) => {
    draft.tunnelPort = numberOr('illegal tunnel port specified', text, 1, largestPort);
  },
  'tun-nocsum': () => undefined,
  'tun-csum': (draft) => {
    draft.tunnelFlags |= TunnelFlag.csum;
  },
  'tun-remcsum': (draft) => {
    draft.tunnelFlags |= TunnelFlag.remcsum;
  },
  weight: (draft, text) => {
    draft.weight = numberOr('illegal weight specified', text, 0, largestCount);
  },
  'u-threshold': (draft, text) => {
    draft.upperThreshold = numberOr('illegal u_threshold specified', text, 0, largestCount);
  },
  'l-threshold': (draft, text) => {
    draft.lowerThreshold = numberOr('illegal l_threshold specified', text, 0, largestCount);
  },
  connection: () => undefined,
  timeout: () => undefined,
  daemon: () => undefined,
  stats: () => undefined,
  rate: () => undefined,
  thresholds: () => undefined,
  'persistent-conn': () => undefined,
  'tun-info': () => undefined,
  exact: () => undefined,
  sort: () => undefined,
  nosort: () => undefined,
  numeric: () => undefined,
  atomic: () => undefined,
  all: () => undefined,
  syncid: (draft, text) => {
    draft.daemon.syncId = numberOr('illegal syncid specified', text, 0, largestSyncId);
  },
  'sync-maxlen': (draft, text) => {
    draft.daemon.maxLength = numberOr('illegal sync-maxlen specified', text, 1, largestSyncMessage);
  },
  'mcast-interface': (draft, text) => {
    draft.daemon.interface = text === '' ? defaultInterface : cut(text, nameLengths.interface);
  },
  'mcast-group': (draft, text) => {
    draft.daemon.group = parseMulticastGroup(text);
  },
  'mcast-port': (draft, text) => {
    draft.daemon.port = numberOr('illegal mcast-port specified', text, 1, largestPort);
  },
  'mcast-ttl': (draft, text) => {
    draft.daemon.ttl = numberOr('illegal mcast-ttl specified', text, 1, largestTtl);
  },
  json: (draft) => {
    draft.format = 'json';
  },
  format: (draft, text) => {
    const row = formatRows.find(({ name }) => name === text);
    if (row === undefined) throw new UsageError('illegal format specified');
    draft.format = row.name;
  },
  pretty: () => undefined,
  names: () => undefined,
};

/** The first `length` bytes of a name; words are strings of bytes. What is no UTF-8 is in no name: it fits all the same. */
function cut(text: string, length: number): string {
  return decodeWord(text.slice(0, length)).replaceAll('\ufffd', '?');
}

const unchangedTimeouts: Timeouts = { tcp: 0, tcpFin: 0, udp: 0 };

function takeTimeouts(words: string[]): Timeouts {
  const [tcp, tcpFin, udp] = words.splice(0, 3);
  if (tcp === undefined || tcpFin === undefined || udp === undefined) {
    throw new UsageError('--set option requires 3 timeout values');
  }
  return { tcp: parseTimeout(tcp, 0), tcpFin: parseTimeout(tcpFin, 0), udp: parseTimeout(udp, 0) };
}

function invocationOf(command: CommandId, draft: Draft, timeouts: Timeouts): Invocation {
  const has = (group: GroupId): boolean => draft.groups.has(group);
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return { command, service: serviceOf(draft) };
    case 'delete-service':
      return { command, service: serviceKeyOf(draft) };
    case 'add-server':
    case 'edit-server':
      return { command, service: serviceKeyOf(draft), destination: destinationOf(draft) };
    case 'delete-server':
      return {
        command,
        service: serviceKeyOf(draft),
        destination: { address: serverOf(draft).address, port: draft.serverPort },
      };
    case 'zero':
      return draft.service === undefined ? { command } : { command, service: draft.service };
    case 'flush':
    case 'help':
    case 'version':
      return { command };
    case 'restore':
      return { command, atomic: has('atomic') };
    case 'set':
      return { command, timeouts };
    case 'save':
      return { command, numeric: has('numeric'), all: has('all'), ...jsonOutputOf(command, draft) };
    case 'list': {
      if (has('connection')) {
        return {
          command: 'list-connections',
          numeric: has('numeric'),
          engineData: has('persistent-conn'),
          ...jsonOutputOf(command, draft),
        };
      }
      if (has('timeout')) return { command: 'list-timeouts', ...jsonOutputOf(command, draft) };
      if (has('daemon')) return { command: 'list-daemons', ...jsonOutputOf(command, draft) };
      return {
        command,
        ...(draft.service === undefined ? {} : { service: draft.service }),
        format: tableFormats.find(has) ?? 'plain',
        numeric: has('numeric'),
        exact: has('exact'),
        sorted: !has('nosort'),
        ...outputOf(command, draft),
      };
    }
    case 'start-daemon':
    case 'stop-daemon':
      return {
        command,
        daemon: { state: daemonStateOf(draft), interface: defaultInterface, syncId: 0, ...draft.daemon },
      };
  }
}

function outputOf(command: CommandId, { groups, format }: Draft): { readonly output?: TableOutput } {
  checkFormat(command, groups, format);
  if (format === 'plain') return {};
  if (format !== 'json') return { output: { format } };
  return { output: { format, pretty: groups.has('pretty'), names: groups.has('names') } };
}

/** The same for what has no other format than JSON. */
function jsonOutputOf(command: CommandId, draft: Draft): { readonly output?: JsonOutput } {
  const { output } = outputOf(command, draft);
  return output?.format === 'json' ? { output } : {};
}

function daemonStateOf(draft: Draft): DaemonState {
  if (draft.daemonState === undefined) throw new UsageError('illegal start-daemon parameter specified');
  return draft.daemonState;
}

function serviceKeyOf(draft: Draft): ServiceKey {
  // The table of commands and options has made sure of a service.
  if (draft.service === undefined) throw new UsageError('illegal virtual server address[:port] specified');
  return draft.service;
}

function serverOf(draft: Draft): HostPort {
  if (draft.server === undefined) throw new UsageError('illegal real server address[:port] specified');
  return draft.server;
}

function schedulerOf(draft: Draft): string {
  return draft.scheduler === '' ? defaultScheduler : draft.scheduler;
}

/** What the flags mean depends on the scheduler, which may come after them. */
function takeSchedulerFlags(draft: Draft): void {
  if (draft.schedulerFlags !== undefined) {
    draft.flags |= parseSchedulerFlags(draft.schedulerFlags, schedulerOf(draft));
  }
}

function serviceOf(draft: Draft): Service {
  const service = {
    ...serviceKeyOf(draft),
    scheduler: schedulerOf(draft),
    flags: draft.flags,
    timeout: draft.persistence,
    netmask: draft.netmask,
    persistenceEngine: draft.engine,
  };
  const trouble = serviceTrouble(service);
  if (trouble !== undefined) throw new UsageError(trouble.reason);
  return service;
}

function destinationOf(draft: Draft): Destination {
  const key = serviceKeyOf(draft);
  const { address } = serverOf(draft);
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnelType, tunnelPort, tunnelFlags } = draft;
  const trouble = destinationTrouble(key, { address, forwarding });
  if (trouble !== undefined) throw new UsageError(trouble.reason);
  checkTunnel(draft.groups, forwarding === Forwarding.tunnel, tunnelType);
  return {
    address,
    port: destinationPort(key, forwarding, draft.serverPort),
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnelType,
    tunnelPort,
    tunnelFlags,
  };
}
