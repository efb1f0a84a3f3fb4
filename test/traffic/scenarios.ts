/** What the client does next; its answers are the names of the servers, or what went wrong. */
export type Step =
  | {
      readonly count: number;
      /** Bytes of each answer. */
      readonly size: number;
      /** Source addresses, taken in turn. */
      readonly from: readonly string[];
      /** The connections are kept under this name. */
      readonly hold?: string;
      /** All datagrams leave from one socket. */
      readonly one_socket?: boolean;
    }
  | { readonly again: string; readonly size: number }
  /** Arguments of ipvsadm on the director; `SERVICE` stands for the scenario's. */
  | { readonly ipvsadm: string };

type Protocol = 'tcp' | 'udp' | 'sctp';
export type Method = 'nat' | 'direct' | 'ipip' | 'gue' | 'gre';
type Family = 4 | 6;

export interface Scenario {
  readonly name: string;
  readonly protocol: Protocol;
  readonly family: Family;
  readonly method: Method;
  /** The family of the servers' addresses, when it is not that of the service. */
  readonly serverFamily?: Family;
  /** Whether a firewall mark leads to the service. */
  readonly isMark?: boolean;
  /** Whether no connection is kept: one-packet scheduling. */
  readonly isOnePacket?: boolean;
  /** Options of the service, the scheduler among them. */
  readonly service: string;
  /** Options of each server, in order. */
  readonly servers: readonly string[];
  readonly steps: readonly Step[];
  /** What each step answers: how many from whom, or a rule about the answers. */
  readonly answers: readonly (Readonly<Record<string, number>> | AnswerRule)[];
}

/** `one source, one server`: each source gets its own server again and again; `one server`: all get the same. */
export type AnswerRule = 'one source, one server' | 'one server' | 'one network, one server';

/** Virtual addresses and clients by family. */
export const virtualAddress = { 4: '203.0.113.10', 6: '2001:db8::10' } as const;
const clientAddress = { 4: '203.0.113.100', 6: '2001:db8::100' } as const;

const even = { server1: 2, server2: 2, server3: 2 };
const three = ['', '', ''];
const weights = ['-w 3', '-w 2', '-w 1'];

function ask(count: number, family: Family = 4, size = 600): Step {
  return { count, size, from: [clientAddress[family]] };
}

function hold(count: number, name: string, from: readonly string[] = [clientAddress[4]]): Step {
  return { count, size: 10, from, hold: name };
}

/** Addresses of the client: `each` in each of its three IPv4 networks. */
function sources(each: number): string[] {
  return [1, 2, 3].flatMap((network) =>
    Array.from({ length: each }, (_, index) => `198.18.${network}.${index + 1}`),
  );
}

function forwarding(
  method: Method,
  protocol: Protocol,
  family: Family,
  more: Partial<Scenario> = {},
): Scenario {
  const { serverFamily = family, isMark = false } = more;
  const over = serverFamily === family ? '' : ` to IPv${serverFamily} servers`;
  return {
    name: `${method}: ${protocol} over IPv${family}${over}${isMark ? ' by firewall mark' : ''}`,
    protocol,
    family,
    method,
    service: '-s rr',
    servers: three,
    steps: [ask(6, family)],
    answers: [even],
    ...more,
  };
}

/** A scheduler over direct routing; held connections are active ones, which some schedulers count. */
function scheduler(
  name: string,
  servers: readonly string[],
  step: Step,
  answers: Scenario['answers'][number],
): Scenario {
  return {
    ...forwarding('direct', 'tcp', 4),
    name: `scheduler ${name}`,
    service: `-s ${name}`,
    servers,
    steps: [step],
    answers: [answers],
  };
}

const methods: readonly Scenario[] = [
  ...(['tcp', 'udp', 'sctp'] as const).flatMap((protocol) =>
    ([4, 6] as const).flatMap((family) => [
      forwarding('nat', protocol, family),
      forwarding('direct', protocol, family),
    ]),
  ),
  ...(['ipip', 'gue', 'gre'] as const).flatMap((method) => [
    forwarding(method, 'tcp', 4),
    forwarding(method, 'udp', 4),
  ]),
  forwarding('ipip', 'tcp', 6),
  forwarding('gue', 'udp', 6),
  forwarding('ipip', 'tcp', 6, { serverFamily: 4 }),
  forwarding('ipip', 'udp', 4, { serverFamily: 6 }),
  forwarding('nat', 'tcp', 4, { isMark: true }),
  forwarding('direct', 'udp', 6, { isMark: true }),
];

const schedulers: readonly Scenario[] = [
  scheduler('rr', three, ask(12), { server1: 4, server2: 4, server3: 4 }),
  scheduler('wrr', weights, ask(12), { server1: 6, server2: 4, server3: 2 }),
  scheduler('lc', three, hold(9, 'lc'), { server1: 3, server2: 3, server3: 3 }),
  scheduler('wlc', weights, hold(12, 'wlc'), { server1: 6, server2: 4, server3: 2 }),
  // The shortest expected delay is (active + 1) / weight: an idle slow server can wait.
  scheduler('sed', weights, hold(3, 'sed'), { server1: 2, server2: 1 }),
  // Never queue: an idle server first, whatever its speed.
  scheduler('nq', weights, hold(3, 'nq'), { server1: 1, server2: 1, server3: 1 }),
  // Failover: the greatest weight alone.
  scheduler('fo', ['-w 1', '-w 3', '-w 2'], ask(5), { server2: 5 }),
  // Overflow: the greatest weight until more connections are active than its weight says.
  scheduler('ovf', ['-w 3', '-w 2', '-w 1'], hold(6, 'ovf'), { server1: 4, server2: 2 }),
  // Of the destination address, of which there is one.
  scheduler('dh', three, { ...ask(6), from: sources(2) }, 'one server'),
  scheduler('lblc', three, { ...ask(6), from: sources(2) }, 'one server'),
  scheduler('lblcr', three, { ...ask(6), from: sources(2) }, 'one server'),
  scheduler('sh', three, { count: 36, size: 10, from: sources(6) }, 'one source, one server'),
  scheduler('mh', three, { count: 36, size: 10, from: sources(6) }, 'one source, one server'),
];

const rules: readonly Scenario[] = [
  {
    ...forwarding('direct', 'udp', 4),
    name: 'datagrams of one socket stay with one server',
    steps: [{ ...ask(6), one_socket: true }],
    answers: ['one server'],
  },
  {
    // The kernel translates no answer of such a datagram, so not with network address translation.
    ...forwarding('direct', 'udp', 4),
    name: 'with --ops each datagram of one socket is scheduled by itself',
    service: '-s rr --ops',
    isOnePacket: true,
    steps: [{ ...ask(6), one_socket: true }],
    answers: [even],
  },
  {
    ...forwarding('direct', 'tcp', 4),
    name: 'persistence keeps each client with its server',
    service: '-s rr -p 60',
    steps: [{ count: 18, size: 10, from: sources(2) }],
    answers: ['one source, one server'],
  },
  {
    ...forwarding('direct', 'tcp', 4),
    name: 'a persistence netmask keeps a network with its server',
    service: '-s rr -p 60 -M 255.255.255.0',
    steps: [{ count: 18, size: 10, from: sources(3) }],
    answers: ['one network, one server'],
  },
  {
    ...forwarding('nat', 'tcp', 4),
    name: 'a server takes connections up to its upper threshold',
    servers: ['-x 2', '-x 1'],
    steps: [hold(3, 'threshold'), ask(2)],
    answers: [{ server1: 2, server2: 1 }, { ConnectionRefusedError: 2 }],
  },
  {
    ...forwarding('nat', 'tcp', 4),
    name: 'weight 0 keeps what is established and gives nothing new',
    steps: [
      hold(3, 'quiesce'),
      { ipvsadm: '-e SERVICE -r 10.0.2.51:8000 -m -w 0' },
      ask(4),
      { again: 'quiesce', size: 900 },
    ],
    answers: [
      { server1: 1, server2: 1, server3: 1 },
      {},
      { server2: 2, server3: 2 },
      { server1: 1, server2: 1, server3: 1 },
    ],
  },
];

/** Last, so that its rates are read while they are fresh. */
const steady: Scenario = {
  ...forwarding('nat', 'tcp', 4),
  name: 'many connections',
  steps: [ask(399, 4, 100)],
  answers: [{ server1: 133, server2: 133, server3: 133 }],
};

/** Every scenario; each has a port of its own, from 8001 on, in this order. */
export const scenarios: readonly Scenario[] = [...methods, ...schedulers, ...rules, steady];

export function portOf(scenario: Scenario): number {
  return 8001 + scenarios.indexOf(scenario);
}

/** The service as ipvsadm's arguments name it; a mark is the port's number. */
export function serviceOption(scenario: Scenario): string {
  const { protocol, family, isMark = false } = scenario;
  const port = portOf(scenario);
  if (isMark) return `-f ${port}${family === 6 ? ' -6' : ''}`;
  const address = virtualAddress[family];
  const option = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }[protocol];
  return `${option} ${family === 6 ? `[${address}]` : address}:${port}`;
}

/** A server as ipvsadm names it: with network address translation all listen on 8000. */
export function serverName(scenario: Scenario, number: number): string {
  const { method, family, serverFamily = family } = scenario;
  const port = method === 'nat' ? 8000 : portOf(scenario);
  return serverFamily === 6 ? `[fd00:2::5${number}]:${port}` : `10.0.2.5${number}:${port}`;
}

const methodOption = {
  nat: '-m',
  direct: '-g',
  ipip: '-i',
  gue: '-i --tun-type gue --tun-port 6080',
  gre: '-i --tun-type gre',
};

/** The scenario's rules, as `ipvsadm -R` reads them. */
export function rulesOf(scenario: Scenario): string[] {
  const service = serviceOption(scenario);
  // A firewall mark's servers take the packet's own port, unless addresses are translated.
  const server = (number: number): string =>
    scenario.isMark === true && scenario.method !== 'nat'
      ? serverName(scenario, number).replace(/:\d+$/, ':0')
      : serverName(scenario, number);
  return [
    `-A ${service} ${scenario.service}`,
    ...scenario.servers.map(
      (options, index) => `-a ${service} -r ${server(index + 1)} ${methodOption[scenario.method]} ${options}`,
    ),
  ];
}
