import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily, parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import { describeRefusal } from '../../../src/ipvs/errors.js';
import {
  addressService,
  DaemonState,
  Forwarding,
  hostNetmask,
  type Destination,
  type Service,
} from '../../../src/ipvs/model.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import { replaceKernelTable } from '../../../src/rules/replacement.js';
import { destinationId, serviceId } from '../../../src/rules/table.js';
import { operations } from './arbitraries.ts';
import { KernelDouble } from './kernel-double.ts';

interface Ending {
  readonly text: string;
  readonly messages: readonly string[];
}

function parsed(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(text);
  return address;
}

function describe(list: readonly Operation[], refusals: Iterable<readonly [number, number]>): string[] {
  return Array.from(refusals)
    .sort(([a], [b]) => a - b)
    .map(([place, errno]) => `${place}: ${describeRefusal(list[place]?.kind ?? '', errno)}`);
}

function clearAndAdd(kernel: KernelDouble, list: readonly Operation[]): Ending {
  kernel.carryOut({ kind: 'flush' });
  const refusals: [number, number][] = [];
  for (const [place, operation] of list.entries()) {
    const errno = kernel.carryOut(operation);
    if (errno !== 0) refusals.push([place, errno]);
  }
  return { text: kernel.text(), messages: describe(list, refusals) };
}

async function replace(kernel: KernelDouble, list: readonly Operation[]): Promise<Ending> {
  const { refusals } = await replaceKernelTable(kernel, list);
  return { text: kernel.text(), messages: describe(list, refusals) };
}

function kernelWith(list: readonly Operation[]): KernelDouble {
  const kernel = new KernelDouble();
  for (const operation of list) kernel.carryOut(operation);
  kernel.asked.length = 0;
  return kernel;
}

test('ends as clearing and adding ends, with the same refusals', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (before, list) => {
      expect(await replace(kernelWith(before), list)).toEqual(clearAndAdd(kernelWith(before), list));
    }),
    { numRuns: 2000 },
  );
});

test('a daemon that the kernel could not start is not in the way of the next', async () => {
  const daemon = { state: DaemonState.master, interface: 'lo', syncId: 0 };
  const rules: readonly Operation[] = [
    { kind: 'newDaemon', daemon: { ...daemon, interface: 'nosuch' } },
    { kind: 'newDaemon', daemon },
    { kind: 'delDaemon', daemon },
  ];
  const ours = await replace(kernelWith([]), rules);
  expect(ours).toEqual(clearAndAdd(kernelWith([]), rules));
  expect(ours.messages).toEqual(['0: No such device']);
});

test('a server of the other family is taken after the stop of a daemon, though nothing is left of it', async () => {
  const daemon = { state: DaemonState.backup, interface: 'lo', syncId: 0 };
  const service: Service = {
    ...addressService(6, parsed('2001:db8::1'), 80),
    scheduler: 'rr',
    flags: 0,
    timeout: 0,
    netmask: hostNetmask(AddressFamily.ipv6),
    persistenceEngine: '',
  };
  const destination: Destination = {
    address: parsed('10.0.2.1'),
    port: 80,
    forwarding: Forwarding.tunnel,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnelType: 0,
    tunnelPort: 0,
    tunnelFlags: 0,
  };
  const running: readonly Operation[] = [{ kind: 'newDaemon', daemon }];
  const rules: readonly Operation[] = [
    { kind: 'delDaemon', daemon },
    { kind: 'newService', service },
    { kind: 'newDest', service, destination },
    { kind: 'flush' },
  ];
  const ours = await replace(kernelWith(running), rules);
  expect(ours).toEqual(clearAndAdd(kernelWith(running), rules));
  expect(ours.messages).toEqual([]);
});

test('what is as the rules say stays untouched, and is never gone', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (before, list) => {
      const kernel = kernelWith(before);
      const present = new Map(entriesOf(kernel));
      const wanted = kernelWith(before);
      clearAndAdd(wanted, list);
      await replace(kernel, list);
      const after = new Map(entriesOf(kernel));
      for (const [id, { text, touched }] of entriesOf(wanted)) {
        const old = present.get(id);
        if (old?.text === text) expect(after.get(id)?.touched).toBe(old.touched);
        expect(after.get(id)?.text).toBe(text);
        expect(touched).toBeGreaterThan(0);
      }
      expect(kernel.asked.some(({ kind }) => kind === 'flush')).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('the second time nothing is sent that changes anything', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (before, list) => {
      const rules = list.filter(({ kind }) => kind === 'newService' || kind === 'newDest');
      const kernel = kernelWith(before);
      const { refusals } = await replaceKernelTable(kernel, rules);
      const accepted = rules.filter((_, place) => !refusals.has(place));
      kernel.asked.length = 0;
      await replace(kernel, accepted.map(copied));
      expect(kernel.asked).toEqual([]);
    }),
  );
});

test('another program that changes the table meanwhile is noticed', async () => {
  const list = fc.sample(operations, { numRuns: 200, seed: 7 }).filter((sample) => sample.length > 8);
  for (const rules of list) {
    const kernel = kernelWith([]);
    let times = 2;
    kernel.interfere = ({ kind }) => {
      if (kind === 'newDest' && times-- > 0) kernel.held = [];
    };
    const ours = await replace(kernel, rules);
    expect(ours.text).toBe(clearAndAdd(kernelWith([]), rules).text);
  }
});

test('gives up when another program does not stop changing the table', async () => {
  const rules = fc
    .sample(operations, { numRuns: 50, seed: 7 })
    .find(
      (sample) =>
        sample.some(({ kind }) => kind === 'newDest') &&
        clearAndAdd(kernelWith([]), sample).text.includes('\n  '),
    );
  const kernel = kernelWith([]);
  kernel.interfere = (operation) => {
    if (operation.kind === 'newDest') kernel.held = [];
  };
  await expect(replace(kernel, rules ?? [])).rejects.toThrow('another program keeps changing the table');
});

function entriesOf(kernel: KernelDouble): [string, { readonly text: string; readonly touched: number }][] {
  return kernel.held.flatMap(({ service, touched, destinations }) => [
    [serviceId(service), { text: JSON.stringify(service), touched }] as [
      string,
      { text: string; touched: number },
    ],
    ...destinations.map((held): [string, { text: string; touched: number }] => [
      `${serviceId(service)} ${destinationId(held.destination)}`,
      { text: JSON.stringify(held.destination), touched: held.touched },
    ]),
  ]);
}

function copied(operation: Operation): Operation {
  if (operation.kind === 'newService') return { ...operation, service: { ...operation.service } };
  return operation.kind === 'newDest'
    ? { ...operation, destination: { ...operation.destination } }
    : operation;
}
