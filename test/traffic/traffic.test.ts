import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { letFlow, type Flow, type FrameCount } from './flow.ts';
import { readConnections, readCounters, type ConnectionLine, type ServiceCounters } from './listings.ts';
import {
  portOf,
  scenarios,
  serverName,
  serviceOption,
  type AnswerRule,
  type Method,
  type Scenario,
} from './scenarios.ts';

const ipProtocol = { tcp: 6, udp: 17, sctp: 132 } as const;
const directorLink = '02:00:00:00:00:01';
/** A SYN that the kernel sends; the director counts none that it refuses. */
const refusedBytes = 60;

let lab: Lab;
let flow: Flow;

beforeAll(async () => {
  lab = await bootLab();
  flow = await letFlow(lab);
});

afterAll(async () => {
  await lab.powerOff();
});

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  const answersOf = (): readonly (readonly string[])[] => flow.answers[scenarios.indexOf(scenario)] ?? [];

  test('every byte arrives, and the servers get the shares that the definition predicts', () => {
    scenario.answers.forEach((expected, index) => {
      const answers = answersOf()[index] ?? [];
      if (typeof expected !== 'string') expect(countsOf(answers)).toEqual(expected);
      else expectRule(expected, answers, scenario, index);
    });
  });

  test('-L --stats has the packets and bytes that the client sent and got', () => {
    const service = countersOf(scenario);
    const sent = sum(flow.client, (frame) => frame.direction === 'out' && frame.to === portOf(scenario));
    const got = sum(flow.client, (frame) => frame.direction === 'in' && frame.from === portOf(scenario));
    const refused = answersOf()
      .flat()
      .filter((answer) => answer === 'ConnectionRefusedError').length;
    const translates = scenario.method === 'nat';
    expect(service).toMatchObject({
      inPackets: sent.packets - refused,
      inBytes: sent.bytes - refused * refusedBytes,
      // Answers pass the director only when it translates addresses.
      outPackets: translates ? got.packets : 0,
      outBytes: translates ? got.bytes : 0,
    });
  });

  test('-L --stats and -L -c have the connections, server by server', () => {
    const service = countersOf(scenario);
    const made = countsOf(connectionsMade(scenario, answersOf()));
    const byServer = Object.fromEntries(
      service.servers.map(({ connections }, index) => [`server${index + 1}`, connections] as const),
    );
    expect(withoutZeros(byServer)).toEqual(made);
    const listed = connectionsOf(scenario).map(({ server }) => `server${serverNumber(scenario, server)}`);
    expect(countsOf(listed)).toEqual(scenario.isOnePacket === true ? {} : made);
  });

  test(`the answers ${scenario.method === 'nat' ? 'come back through' : 'go past'} the director`, () => {
    const answers = flow.client.filter(
      ({ direction, from, protocol }) =>
        direction === 'in' && from === portOf(scenario) && protocol === ipProtocol[scenario.protocol],
    );
    expect(answers.length).toBeGreaterThan(0);
    const past = answers.filter(({ neighbour }) => neighbour !== directorLink);
    expect(past).toHaveLength(scenario.method === 'nat' ? 0 : answers.length);
  });
});

test.each([
  ['ipip', { protocol: 4 }, ['ipip', 4, 4]],
  ['ipip over IPv6', { protocol: 41 }, ['ipip', 6, 6]],
  ['ipip, IPv6 in IPv4', { protocol: 41 }, ['ipip', 6, 4]],
  ['gre', { protocol: 47 }, ['gre', 4, 4]],
  ['gue', { protocol: 17, to: 6080 }, ['gue', 4, 4]],
] as const)('%s: the director sends each packet in a tunnel', (_name, outer, [method, family, servers]) => {
  const through = scenarios.filter(
    (scenario) =>
      scenario.method === (method satisfies Method) &&
      scenario.family === family &&
      (scenario.serverFamily ?? scenario.family) === servers,
  );
  const packets = through.reduce((total, scenario) => total + countersOf(scenario).inPackets, 0);
  expect(packets).toBeGreaterThan(0);
  const encapsulated = sum(
    flow.director,
    (frame) =>
      frame.direction === 'out' &&
      frame.protocol === outer.protocol &&
      (!('to' in outer) || frame.to === outer.to),
  );
  expect(encapsulated.packets).toBeGreaterThanOrEqual(packets);
});

test('-L --rate keeps the proportions of what flows', () => {
  const steady = scenarios.at(-1);
  if (steady === undefined) throw new Error('There is no scenario');
  const stats = countersOf(steady);
  const rate = find(readCounters(flow.rate), steady);
  expect(rate.connections).toBeGreaterThan(0);
  const near = (actual: number, expected: number): void => {
    expect(Math.abs(actual / expected - 1)).toBeLessThan(0.1);
  };
  near(rate.inPackets / rate.connections, stats.inPackets / stats.connections);
  near(rate.outPackets / rate.connections, stats.outPackets / stats.connections);
  near(rate.inBytes / rate.inPackets, stats.inBytes / stats.inPackets);
  near(rate.outBytes / rate.outPackets, stats.outBytes / stats.outPackets);
});

test('the reference prints the same statistics', () => {
  expect(flow.stats).toBe(flow.referenceStats);
});

/** The server of each connection; what is said again on one that is held makes none. */
function connectionsMade(scenario: Scenario, answers: readonly (readonly string[])[]): readonly string[] {
  return scenario.steps.flatMap((step, index) => {
    const servers = (answers[index] ?? []).filter((answer) => answer.startsWith('server'));
    if (!('count' in step)) return [];
    return step.one_socket === true && scenario.isOnePacket !== true ? servers.slice(0, 1) : servers;
  });
}

function expectRule(
  rule: AnswerRule,
  answers: readonly string[],
  scenario: Scenario,
  stepIndex: number,
): void {
  const step = scenario.steps[stepIndex];
  if (step === undefined || !('count' in step))
    throw new Error(`${scenario.name}: ${rule} is not for this step`);
  expect(answers.every((answer) => answer.startsWith('server'))).toBe(true);
  expect(answers).toHaveLength(step.count);
  const group = {
    'one source, one server': (source: string) => source,
    'one network, one server': (source: string) => source.replace(/\d+$/, ''),
    'one server': () => 'all',
  }[rule];
  const servers = new Map<string, Set<string>>();
  answers.forEach((server, index) => {
    const name = group(step.from[index % step.from.length] ?? '');
    servers.set(name, (servers.get(name) ?? new Set()).add(server));
  });
  expect([...servers].filter(([, { size }]) => size !== 1)).toEqual([]);
  // More than one group: not all of them at one server.
  if (rule !== 'one server') expect(new Set(answers).size).toBe(scenario.servers.length);
}

function countersOf(scenario: Scenario): ServiceCounters {
  return find(readCounters(flow.stats), scenario);
}

/** The scenario's service in a listing, its servers in the order of the rules. */
function find(services: readonly ServiceCounters[], scenario: Scenario): ServiceCounters {
  const [option = '', address = '', six = ''] = serviceOption(scenario).split(' ');
  const kind = { '-t': 'TCP', '-u': 'UDP', '--sctp-service': 'SCTP', '-f': 'FWM' }[option] ?? option;
  const name = `${kind} ${address}${six === '-6' ? ' IPv6' : ''}`;
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`${name} is not listed`);
  const number = (server: string): number => serverNumber(scenario, server);
  return { ...service, servers: service.servers.toSorted((a, b) => number(a.name) - number(b.name)) };
}

/** The connections of the scenario's port, without the templates of persistence. */
function connectionsOf(scenario: Scenario): ConnectionLine[] {
  return readConnections(flow.connections).filter(
    ({ protocol, virtual, source }) =>
      protocol === scenario.protocol.toUpperCase() &&
      virtual.endsWith(`:${portOf(scenario)}`) &&
      !source.endsWith(':0'),
  );
}

function serverNumber(scenario: Scenario, address: string): number {
  const host = (name: string): string => name.replace(/:\d+$/, '');
  return (
    scenario.servers.findIndex((_, index) => host(serverName(scenario, index + 1)) === host(address)) + 1
  );
}

function sum(
  frames: readonly FrameCount[],
  isMeant: (frame: FrameCount) => boolean,
): { readonly packets: number; readonly bytes: number } {
  const meant = frames.filter(isMeant);
  return {
    packets: meant.reduce((total, { packets }) => total + packets, 0),
    bytes: meant.reduce((total, { bytes }) => total + bytes, 0),
  };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
