import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/ipvs/address.js';
import { serviceWith } from '../../../src/ipvs/defaults.js';
import { describeRefusal } from '../../../src/ipvs/errors.js';
import { addressService, Forwarding } from '../../../src/ipvs/model.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import { replaceByPlainRules } from '../../../src/rules/plain-replacement.js';
import { PlainRules } from '../../../src/rules/plain-rules.js';
import { operations } from './arbitraries.ts';
import { KernelDouble } from './kernel-double.ts';

interface Ending {
  readonly text: string;
  readonly messages: readonly string[];
  readonly lastRefused: boolean;
}

function word(text: string): number {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(text);
  return address.w0;
}

/** The kernel double refuses the last as a server. */
const servers = ['10.0.2.1', '10.0.2.2', '10.0.2.3', '224.0.0.1'].map(word);
interface WantedServer {
  readonly address: number;
  readonly port: number;
  readonly forwarding: number;
  readonly weight: number;
}
interface WantedService {
  readonly address: string;
  readonly scheduler: string;
  readonly servers: readonly WantedServer[];
}
const server: fc.Arbitrary<WantedServer> = fc.record({
  address: fc.constantFrom(...servers),
  port: fc.constantFrom(80, 81),
  forwarding: fc.constantFrom(0, 2, 3),
  weight: fc.nat(2),
});
const wantedService: fc.Arbitrary<WantedService> = fc.record({
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
  scheduler: fc.constantFrom('rr', 'wlc', 'wlc', 'nosuch'),
  servers: fc.array(server, { maxLength: 6 }),
});
const wantedTable = fc.uniqueArray(wantedService, { selector: ({ address }) => address, maxLength: 3 });

function rulesOf(table: readonly WantedService[]): PlainRules {
  const rules = new PlainRules(table.reduce((sum, { servers: members }) => sum + members.length, 0));
  for (const { address, scheduler, servers: members } of table) {
    const parsed = parseAddress(address);
    if (parsed === undefined) throw new TypeError(address);
    rules.addService(serviceWith(addressService(6, parsed, 80), { scheduler }));
    for (const { address: at, port, forwarding, weight } of members) {
      rules.addServer(at, port, forwarding, weight);
    }
  }
  return rules;
}

function additionsOf(rules: PlainRules): Operation[] {
  return rules.services.flatMap((entry) => Array.from(rules.additions(entry)));
}

function kernelWith(list: readonly Operation[]): KernelDouble {
  const kernel = new KernelDouble();
  for (const operation of list) kernel.carryOut(operation);
  kernel.asked.length = 0;
  return kernel;
}

function clearAndAdd(kernel: KernelDouble, rules: PlainRules): Ending {
  kernel.carryOut({ kind: 'flush' });
  const messages: string[] = [];
  let errno = 0;
  for (const operation of additionsOf(rules)) {
    errno = kernel.carryOut(operation);
    if (errno !== 0) messages.push(describeRefusal(operation.kind, errno));
  }
  return { text: kernel.text(), messages, lastRefused: errno !== 0 };
}

async function replace(kernel: KernelDouble, rules: PlainRules): Promise<Ending> {
  const { steps, refusals, lastRefused } = await replaceByPlainRules(kernel, rules, () => undefined);
  const messages = Array.from(refusals)
    .sort(([a], [b]) => a - b)
    .map(([place, errno]) => describeRefusal(steps[place]?.kind ?? '', errno));
  return { text: kernel.text(), messages, lastRefused };
}

const before = fc.tuple(operations, wantedTable);

test('ends as clearing and adding ends, with the same refusals', async () => {
  await fc.assert(
    fc.asyncProperty(before, wantedTable, async ([others, old], wanted) => {
      const held = additionsOf(rulesOf(old)).concat(others.filter(({ kind }) => !kind.endsWith('Daemon')));
      const ours = await replace(kernelWith(held), rulesOf(wanted));
      expect(ours).toEqual(clearAndAdd(kernelWith(held), rulesOf(wanted)));
    }),
    { numRuns: 3000 },
  );
});

test('what is as the rules say is not touched; what differs in its weight is edited', async () => {
  await fc.assert(
    fc.asyncProperty(wantedTable, fc.infiniteStream(fc.boolean()), async (wanted, shifts) => {
      const kernel = kernelWith(additionsOf(rulesOf(wanted)));
      const valid = wanted
        .filter(({ scheduler }) => scheduler !== 'nosuch')
        .map((service) => ({
          ...service,
          servers: kernelServers(kernel, service.address).map((member) => ({
            ...member,
            weight: member.weight + (shifts.next().value === true ? 1 : 0),
          })),
        }));
      const { messages } = await replace(kernel, rulesOf(valid));
      expect(messages).toEqual([]);
      const changes = kernel.asked.map(({ kind }) => kind);
      expect(changes.every((kind) => kind === 'setDest')).toBe(true);
      kernel.asked.length = 0;
      await replace(kernel, rulesOf(valid));
      expect(kernel.asked).toEqual([]);
    }),
  );
});

test('a server by IPv6 is not taken for the IPv4 one that its address begins with', async () => {
  const address = '10.0.0.1';
  const member = { address: word('10.0.2.1'), port: 80, forwarding: Forwarding.tunnel, weight: 1 };
  const rules = rulesOf([{ address, scheduler: 'rr', servers: [member] }]);
  const [entry] = rules.services;
  const other = parseAddress('a00:201::');
  if (entry === undefined || other === undefined) throw new TypeError('no such service');
  const kernel = kernelWith([
    { kind: 'newService', service: entry.service },
    { kind: 'newDest', service: entry.service, destination: { ...rules.destination(0), address: other } },
  ]);
  const ours = await replace(kernel, rules);
  expect(ours).toEqual(clearAndAdd(kernelWith([]), rules));
});

test('another program that takes a server away meanwhile is noticed', async () => {
  const rules = rulesOf([
    {
      address: '10.0.0.1',
      scheduler: 'rr',
      servers: [{ address: word('10.0.2.1'), port: 80, forwarding: 0, weight: 1 }],
    },
  ]);
  const kernel = kernelWith(additionsOf(rules));
  const expected = kernel.text();
  rules.weights[0] = 7;
  let times = 1;
  kernel.interfere = ({ kind }) => {
    if (kind === 'setDest' && times-- > 0) kernel.held = [];
  };
  const { text } = await replace(kernel, rules);
  expect(text).toBe(expected.replace('weight=1', 'weight=7'));
});

test('all is read before anything is changed', async () => {
  const server = { address: word('10.0.2.1'), port: 80, forwarding: 0, weight: 1 };
  const services = ['10.0.0.1', '10.0.0.2'].map((address) => ({
    address,
    scheduler: 'rr',
    servers: [server],
  }));
  const kernel = kernelWith(additionsOf(rulesOf(services)));
  const [first, second] = services;
  if (first === undefined || second === undefined) throw new TypeError('no services');
  const wanted = rulesOf([
    { ...first, servers: [{ ...server, weight: 7 }] },
    { ...second, scheduler: 'wlc' },
  ]);
  const held = await kernel.serviceConfigs();
  let readings = 0;
  kernel.serviceConfigs = () =>
    readings++ === 0 ? Promise.resolve(held) : Promise.reject(new Error('the connection broke'));
  await expect(replaceByPlainRules(kernel, wanted, () => undefined)).rejects.toThrow('the connection broke');
  expect(kernel.asked).toEqual([]);
});

test('nothing is changed when it is not to be begun', async () => {
  const kernel = kernelWith([]);
  const rules = rulesOf([{ address: '10.0.0.1', scheduler: 'rr', servers: [] }]);
  const stop = (): never => {
    throw new Error('stop');
  };
  await expect(replaceByPlainRules(kernel, rules, stop)).rejects.toThrow('stop');
  expect(kernel.asked).toEqual([]);
});

/** The servers that the kernel has of a service, in the order in which they were added. */
function kernelServers(kernel: KernelDouble, address: string): WantedServer[] {
  const held = kernel.held.find(({ service }) => String(service.address) === address);
  return (held?.destinations ?? []).map(({ destination: { address: at, port, forwarding, weight } }) => ({
    address: at.w0,
    port,
    forwarding,
    weight,
  }));
}
