/** The commands of ipvsadm, by the names its messages use. */
export type CommandId =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'list'
  | 'add-server'
  | 'delete-server'
  | 'edit-server'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'restore'
  | 'save'
  | 'zero'
  | 'help'
  | 'version';

/** What a word after an option is for; `optional` values are taken only when they don't look like an option. */
export interface ValueRow {
  readonly name: string;
  readonly optional?: true;
}

export interface CommandRow {
  readonly id: CommandId;
  /** The letters that mean it, the first one being the usual. */
  readonly short: string;
  readonly long: string;
  readonly value?: ValueRow;
  /** Words that follow the command, for help only. */
  readonly words?: string;
  readonly help: string;
}

/** Every command, in the order of the help text. */
export const commandRows: readonly CommandRow[] = [
  { id: 'add-service', short: 'A', long: 'add-service', help: 'add a virtual service' },
  {
    id: 'edit-service',
    short: 'E',
    long: 'edit-service',
    help: 'set every property of a virtual service anew',
  },
  {
    id: 'delete-service',
    short: 'D',
    long: 'delete-service',
    help: 'delete a virtual service and its servers',
  },
  { id: 'flush', short: 'C', long: 'clear', help: 'delete every virtual service' },
  { id: 'restore', short: 'R', long: 'restore', help: 'run the command lines on standard input' },
  { id: 'save', short: 'S', long: 'save', help: 'print the table as command lines' },
  { id: 'add-server', short: 'a', long: 'add-server', help: 'add a real server to a virtual service' },
  { id: 'edit-server', short: 'e', long: 'edit-server', help: 'set every property of a real server anew' },
  { id: 'delete-server', short: 'd', long: 'delete-server', help: 'remove a real server' },
  {
    id: 'list',
    short: 'Ll',
    long: 'list',
    help: 'list the table, one service, connections, timeouts or daemons',
  },
  { id: 'zero', short: 'Z', long: 'zero', help: 'zero the counters of one or every service' },
  {
    id: 'set',
    short: '',
    long: 'set',
    words: 'tcp tcpfin udp',
    help: 'set the connection timeouts in seconds',
  },
  {
    id: 'start-daemon',
    short: '',
    long: 'start-daemon',
    value: { name: 'state' },
    help: 'start the sync daemon as master or backup',
  },
  {
    id: 'stop-daemon',
    short: '',
    long: 'stop-daemon',
    value: { name: 'state' },
    help: 'stop the master or backup sync daemon',
  },
  { id: 'help', short: 'h', long: 'help', help: 'show this help' },
  { id: 'version', short: 'v', long: 'version', help: 'show the version' },
];

/** Every option, by its long name. */
export type OptionId =
  | 'tcp-service'
  | 'udp-service'
  | 'sctp-service'
  | 'fwmark-service'
  | 'ipv6'
  | 'scheduler'
  | 'sched-flags'
  | 'persistent'
  | 'netmask'
  | 'pe'
  | 'ops'
  | 'real-server'
  | 'gatewaying'
  | 'ipip'
  | 'masquerading'
  | 'tun-type'
  | 'tun-port'
  | 'tun-nocsum'
  | 'tun-csum'
  | 'tun-remcsum'
  | 'weight'
  | 'u-threshold'
  | 'l-threshold'
  | 'connection'
  | 'timeout'
  | 'daemon'
  | 'stats'
  | 'rate'
  | 'thresholds'
  | 'persistent-conn'
  | 'tun-info'
  | 'exact'
  | 'sort'
  | 'nosort'
  | 'numeric'
  | 'atomic'
  | 'all'
  | 'syncid'
  | 'sync-maxlen'
  | 'mcast-interface'
  | 'mcast-group'
  | 'mcast-port'
  | 'mcast-ttl'
  | 'json'
  | 'format'
  | 'pretty'
  | 'names';

export type Use = 'must' | 'may';

/**
 * A kind of option in the table of commands and options. Options of one group exclude one another; a command
 * that `use` does not name may not have it.
 */
export interface GroupRow {
  readonly id: string;
  readonly use: Readonly<Partial<Record<CommandId, Use>>>;
}

const perService: GroupRow['use'] = { 'add-service': 'may', 'edit-service': 'may' };
const perServer: GroupRow['use'] = { 'add-server': 'may', 'edit-server': 'may' };
const perListing: GroupRow['use'] = { list: 'may' };
const perDaemon: GroupRow['use'] = { 'start-daemon': 'may' };

/**
 * The groups in the order in which ipvsadm checks them: the first violation is the one reported. Those that ipvsadm 1.31
 * does not have come last.
 */
export const groupRows = [
  { id: 'numeric', use: { list: 'may', save: 'may' } },
  { id: 'connection', use: perListing },
  {
    id: 'service-address',
    use: {
      'add-service': 'must',
      'edit-service': 'must',
      'delete-service': 'must',
      'add-server': 'must',
      'edit-server': 'must',
      'delete-server': 'must',
      list: 'may',
      zero: 'may',
    },
  },
  { id: 'scheduler', use: perService },
  { id: 'persistent', use: perService },
  { id: 'netmask', use: perService },
  { id: 'real-server', use: { 'add-server': 'must', 'edit-server': 'must', 'delete-server': 'must' } },
  { id: 'forwarding-method', use: perServer },
  { id: 'weight', use: perServer },
  { id: 'u-threshold', use: perServer },
  { id: 'l-threshold', use: perServer },
  { id: 'mcast-interface', use: perDaemon },
  { id: 'timeout', use: perListing },
  { id: 'daemon', use: perListing },
  { id: 'stats', use: perListing },
  { id: 'rate', use: perListing },
  { id: 'thresholds', use: perListing },
  { id: 'persistent-conn', use: perListing },
  { id: 'nosort', use: perListing },
  { id: 'syncid', use: { list: 'may', 'start-daemon': 'may', 'stop-daemon': 'may' } },
  { id: 'exact', use: perListing },
  { id: 'ops', use: perService },
  { id: 'pe', use: perService },
  { id: 'sched-flags', use: perService },
  { id: 'mcast-group', use: perDaemon },
  { id: 'mcast-port', use: perDaemon },
  { id: 'mcast-ttl', use: perDaemon },
  { id: 'sync-maxlen', use: perDaemon },
  { id: 'tun-info', use: perListing },
  { id: 'tun-type', use: perServer },
  { id: 'tun-port', use: perServer },
  { id: 'tun-nocsum', use: perServer },
  { id: 'tun-csum', use: perServer },
  { id: 'tun-remcsum', use: perServer },
  { id: 'format', use: { list: 'may', save: 'may' } },
  { id: 'pretty', use: { list: 'may', save: 'may' } },
  { id: 'names', use: perListing },
  { id: 'atomic', use: { restore: 'may' } },
  { id: 'all', use: { save: 'may' } },
] as const satisfies readonly GroupRow[];

export type GroupId = (typeof groupRows)[number]['id'];

/** Groups of which a listing takes only one. */
export const listingKinds: readonly GroupId[] = ['connection', 'service-address', 'timeout', 'daemon'];

/** Groups that a kind of listing cannot be combined with. */
export const listingConflicts: Readonly<Partial<Record<GroupId, readonly GroupId[]>>> = {
  connection: ['stats', 'rate', 'thresholds'],
  timeout: ['stats', 'rate', 'thresholds', 'persistent-conn'],
  daemon: ['stats', 'rate', 'thresholds', 'persistent-conn'],
};

/** An output format, and the commands and kinds of listing that have it; `table` is the listing of the table. */
export interface FormatRow {
  readonly name: string;
  readonly kinds: readonly FormattedKind[];
}

type FormattedKind = 'table' | 'connection' | 'timeout' | 'daemon' | 'save';

const everyKind: FormatRow['kinds'] = ['table', 'connection', 'timeout', 'daemon', 'save'];

/** The output formats. */
export const formatRows = [
  { name: 'plain', kinds: everyKind },
  { name: 'json', kinds: everyKind },
  { name: 'table', kinds: ['table'] },
  { name: 'prometheus', kinds: ['table'] },
] as const satisfies readonly FormatRow[];

export type FormatName = (typeof formatRows)[number]['name'];

/** What each tunnel type wants of the tunnel options (`ipvsadm(8)`); options of `oneOf` exclude one another. */
export interface TunnelRow {
  readonly name: string;
  readonly use: Readonly<Partial<Record<GroupId, Use>>>;
  readonly oneOf: readonly GroupId[];
}

/** The tunnel types, at the position of their number in `linux/ip_vs.h`. */
export const tunnelRows: readonly TunnelRow[] = [
  { name: 'ipip', use: {}, oneOf: [] },
  {
    name: 'gue',
    use: { 'tun-port': 'must', 'tun-nocsum': 'may', 'tun-csum': 'may', 'tun-remcsum': 'may' },
    oneOf: ['tun-nocsum', 'tun-csum', 'tun-remcsum'],
  },
  {
    name: 'gre',
    use: { 'tun-nocsum': 'may', 'tun-csum': 'may' },
    oneOf: ['tun-nocsum', 'tun-csum'],
  },
];

/** The options that a tunnel type has a say in. */
export const tunnelGroups: readonly GroupId[] = ['tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'];

/** `output` has what ipvsadm 1.31 does not have. */
export type HelpSection = 'service' | 'option' | 'daemon' | 'output';

export interface OptionRow {
  readonly id: OptionId;
  readonly short?: string;
  /** The group it counts in; none for those that may come more than once. */
  readonly group?: GroupId;
  readonly value?: ValueRow;
  readonly section: HelpSection;
  readonly help: string;
}

const host: ValueRow = { name: 'host[:port]' };

/** Every option, in the order of the help text. */
export const optionRows: readonly OptionRow[] = [
  {
    id: 'tcp-service',
    short: 't',
    group: 'service-address',
    value: host,
    section: 'service',
    help: 'TCP service at this address and port',
  },
  {
    id: 'udp-service',
    short: 'u',
    group: 'service-address',
    value: host,
    section: 'service',
    help: 'UDP service at this address and port',
  },
  {
    id: 'sctp-service',
    group: 'service-address',
    value: host,
    section: 'service',
    help: 'SCTP service at this address and port',
  },
  {
    id: 'fwmark-service',
    short: 'f',
    group: 'service-address',
    value: { name: 'fwmark' },
    section: 'service',
    help: 'service of packets with this firewall mark',
  },
  { id: 'ipv6', short: '6', section: 'service', help: 'the mark is for IPv6; comes after -f' },
  {
    id: 'scheduler',
    short: 's',
    group: 'scheduler',
    value: { name: 'scheduler' },
    section: 'option',
    help: 'rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh; wlc if not given',
  },
  {
    id: 'sched-flags',
    short: 'b',
    group: 'sched-flags',
    value: { name: 'flags' },
    section: 'option',
    help: 'scheduler flags, separated by commas',
  },
  {
    id: 'persistent',
    short: 'p',
    group: 'persistent',
    value: { name: 'timeout', optional: true },
    section: 'option',
    help: 'keep a client at one server for so many seconds; 360 if not given',
  },
  {
    id: 'netmask',
    short: 'M',
    group: 'netmask',
    value: { name: 'netmask' },
    section: 'option',
    help: 'clients of one network count as one for persistence',
  },
  {
    id: 'pe',
    group: 'pe',
    value: { name: 'engine' },
    section: 'option',
    help: 'persistence engine: sip',
  },
  { id: 'ops', short: 'o', group: 'ops', section: 'option', help: 'schedule each packet by itself (UDP)' },
  {
    id: 'real-server',
    short: 'r',
    group: 'real-server',
    value: host,
    section: 'option',
    help: "real server; the service's port if none is given",
  },
  {
    id: 'gatewaying',
    short: 'g',
    group: 'forwarding-method',
    section: 'option',
    help: 'forward by direct routing (default)',
  },
  { id: 'ipip', short: 'i', group: 'forwarding-method', section: 'option', help: 'forward through a tunnel' },
  {
    id: 'masquerading',
    short: 'm',
    group: 'forwarding-method',
    section: 'option',
    help: 'forward by NAT (masquerading)',
  },
  {
    id: 'tun-type',
    group: 'tun-type',
    value: { name: 'type' },
    section: 'option',
    help: 'ipip, gue or gre; ipip if not given',
  },
  {
    id: 'tun-port',
    group: 'tun-port',
    value: { name: 'port' },
    section: 'option',
    help: 'UDP port of the tunnel (gue)',
  },
  { id: 'tun-nocsum', group: 'tun-nocsum', section: 'option', help: 'tunnel without checksums (gue, gre)' },
  { id: 'tun-csum', group: 'tun-csum', section: 'option', help: 'tunnel with checksums (gue, gre)' },
  { id: 'tun-remcsum', group: 'tun-remcsum', section: 'option', help: 'tunnel with remote checksums (gue)' },
  {
    id: 'weight',
    short: 'w',
    group: 'weight',
    value: { name: 'weight' },
    section: 'option',
    help: 'share of the server; 1 if not given, 0 for no new connections',
  },
  {
    id: 'u-threshold',
    short: 'x',
    group: 'u-threshold',
    value: { name: 'connections' },
    section: 'option',
    help: 'no new connections above so many',
  },
  {
    id: 'l-threshold',
    short: 'y',
    group: 'l-threshold',
    value: { name: 'connections' },
    section: 'option',
    help: 'new connections again below so many',
  },
  { id: 'connection', short: 'c', group: 'connection', section: 'option', help: 'list the connections' },
  { id: 'timeout', group: 'timeout', section: 'option', help: 'list the timeouts: tcp tcpfin udp' },
  { id: 'daemon', group: 'daemon', section: 'option', help: 'list the sync daemons' },
  { id: 'stats', group: 'stats', section: 'option', help: 'list counters' },
  { id: 'rate', group: 'rate', section: 'option', help: 'list rates per second' },
  {
    id: 'exact',
    short: 'X',
    group: 'exact',
    section: 'option',
    help: 'counters in full, without K, M, G, T',
  },
  { id: 'thresholds', group: 'thresholds', section: 'option', help: 'list connection thresholds' },
  {
    id: 'persistent-conn',
    group: 'persistent-conn',
    section: 'option',
    help: 'list persistent connections; with -c the persistence engine data',
  },
  { id: 'tun-info', group: 'tun-info', section: 'option', help: 'list tunnel types' },
  { id: 'nosort', group: 'nosort', section: 'option', help: "list in the kernel's order" },
  { id: 'sort', section: 'option', help: 'list in order (default)' },
  {
    id: 'numeric',
    short: 'n',
    group: 'numeric',
    section: 'option',
    help: 'addresses and ports as numbers, without names',
  },
  {
    id: 'atomic',
    group: 'atomic',
    section: 'option',
    help: 'restore everything or, when a line is refused, nothing',
  },
  { id: 'all', group: 'all', section: 'option', help: 'save the timeouts and sync daemons too' },
  {
    id: 'syncid',
    group: 'syncid',
    value: { name: 'id' },
    section: 'daemon',
    help: 'sync daemons with this id belong together; 0 to 255',
  },
  {
    id: 'sync-maxlen',
    group: 'sync-maxlen',
    value: { name: 'bytes' },
    section: 'daemon',
    help: 'largest sync message',
  },
  {
    id: 'mcast-interface',
    group: 'mcast-interface',
    value: { name: 'interface' },
    section: 'daemon',
    help: 'interface for sync messages; eth0 if not given',
  },
  {
    id: 'mcast-group',
    group: 'mcast-group',
    value: { name: 'address' },
    section: 'daemon',
    help: 'IPv4 or IPv6 multicast group; 224.0.0.81 if not given',
  },
  {
    id: 'mcast-port',
    group: 'mcast-port',
    value: { name: 'port' },
    section: 'daemon',
    help: 'UDP port of sync messages; 8848 if not given',
  },
  {
    id: 'mcast-ttl',
    group: 'mcast-ttl',
    value: { name: 'ttl' },
    section: 'daemon',
    help: 'time to live of sync messages; 1 if not given',
  },
  {
    id: 'json',
    group: 'format',
    section: 'output',
    help: 'print JSON: the same as --format json',
  },
  {
    id: 'format',
    group: 'format',
    value: { name: 'format' },
    section: 'output',
    help: 'plain, json, table or prometheus; plain if not given',
  },
  { id: 'pretty', group: 'pretty', section: 'output', help: 'lay JSON out in lines for reading' },
  {
    id: 'names',
    group: 'names',
    section: 'output',
    help: 'put the names of hosts and ports beside their numbers in JSON',
  },
];
