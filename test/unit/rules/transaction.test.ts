import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { destinationWith, serviceWith } from '../../../src/ipvs/defaults.js';
import { addressService, Protocol } from '../../../src/ipvs/model.js';
import { readKernelTable } from '../../../src/rules/read-table.js';
import { readSettings } from '../../../src/rules/settings.js';
import { transact, Transaction } from '../../../src/rules/transaction.js';
import { operations } from './arbitraries.ts';
import { SocketError } from '../../../src/netlink/errors.js';
import { KernelDouble } from './kernel-double.ts';

test('a transaction that ends early leaves table and settings as they were', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, fc.integer({ min: 1, max: 8 }), async (before, list, chunk) => {
      const kernel = new KernelDouble(chunk);
      for (const operation of before) kernel.carryOut(operation);
      const text = kernel.text();
      const transaction = new Transaction(kernel, await readKernelTable(kernel), await readSettings(kernel));
      const outcome = await transaction.run(list);
      if (outcome.result === 'done') {
        const literal = new KernelDouble();
        for (const operation of before) literal.carryOut(operation);
        for (const operation of list) expect(literal.carryOut(operation)).toBe(0);
        expect(kernel.text()).toBe(literal.text());
      }
      expect(await transaction.undo()).toEqual([]);
      expect(kernel.text()).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('the first refusal is told by the place of its operation', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      const literal = new KernelDouble();
      const first = list.findIndex((operation) => literal.carryOut(operation) !== 0);
      const kernel = new KernelDouble();
      const outcome = await transact(kernel, new Map(), list);
      expect(outcome.result === 'refused' ? outcome.failure.index : -1).toBe(first);
    }),
  );
});

test('an aborted transaction is undone, unless it was at its end', async () => {
  await fc.assert(
    fc.asyncProperty(operations, fc.nat(8), async (list, after) => {
      const controller = new AbortController();
      const kernel = new KernelDouble(2);
      const accepted: typeof list = [];
      const literal = new KernelDouble();
      for (const operation of list) if (literal.carryOut(operation) === 0) accepted.push(operation);
      let asked = 0;
      kernel.interfere = () => {
        if (asked++ === after) controller.abort();
      };
      const transaction = new Transaction(kernel, new Map(), await readSettings(kernel));
      const outcome = await transaction.run(accepted, { signal: controller.signal });
      kernel.interfere = undefined;
      if (outcome.result === 'done') {
        expect(kernel.text()).toBe(literal.text());
        return;
      }
      expect(outcome.result).toBe('aborted');
      await transaction.undo();
      expect(kernel.text()).toBe(new KernelDouble().text());
    }),
  );
});

test('a transaction whose connection breaks anywhere is undone over another one', async () => {
  await fc.assert(
    fc.asyncProperty(
      operations,
      operations,
      fc.nat(8),
      fc.boolean(),
      async (before, list, at, undoBreaks) => {
        const kernel = new KernelDouble(2);
        for (const operation of before) kernel.carryOut(operation);
        const text = kernel.text();
        const transaction = new Transaction(
          kernel,
          await readKernelTable(kernel),
          await readSettings(kernel),
        );
        let left = at;
        kernel.interfere = () => {
          if (left-- === 0) throw SocketError.answersLost();
        };
        try {
          await transaction.run(list);
        } catch {
          // How far it came is found out.
        }
        if (undoBreaks) {
          left = 1;
          await transaction.undo().catch(() => undefined);
        }
        kernel.interfere = undefined;
        expect(await transaction.undo(kernel)).toEqual([]);
        expect(kernel.text()).toBe(text);
      },
    ),
    { numRuns: 1000 },
  );
});

test('what another program changed meanwhile is not undone after a break', async () => {
  const kernel = new KernelDouble();
  const service = serviceWith(addressService(Protocol.tcp, new IpAddress(AddressFamily.ipv4, 1), 80));
  const server = (port: number): ReturnType<typeof destinationWith> =>
    destinationWith({ address: new IpAddress(AddressFamily.ipv4, 2), port });
  kernel.carryOut({ kind: 'newService', service });
  kernel.carryOut({ kind: 'newDest', service, destination: server(1) });
  const transaction = new Transaction(kernel, await readKernelTable(kernel));
  kernel.interfere = ({ kind }) => {
    if (kind !== 'newDest') return;
    kernel.carryOut({ kind: 'newDest', service, destination: server(3) });
    throw SocketError.answersLost();
  };
  const edited = { ...server(1), weight: 9 };
  const run = transaction.run([
    { kind: 'setDest', service, destination: edited },
    { kind: 'newDest', service, destination: server(2) },
  ]);
  await expect(run).rejects.toThrow('were lost');
  kernel.interfere = undefined;
  expect(await transaction.undo()).toEqual([]);
  expect((await kernel.destinationConfigs(service)).map(({ port, weight }) => [port, weight])).toEqual([
    [3, 1],
    [1, 1],
  ]);
});

test.each(['', 'after a break too'])(
  'servers that come back are in the order in which they were %s',
  async (broken) => {
    const kernel = new KernelDouble();
    const service = serviceWith(addressService(Protocol.tcp, new IpAddress(AddressFamily.ipv4, 1), 80));
    kernel.carryOut({ kind: 'newService', service });
    for (const port of [1, 2, 3]) {
      const destination = destinationWith({ address: new IpAddress(AddressFamily.ipv4, 2), port });
      kernel.carryOut({ kind: 'newDest', service, destination });
    }
    const before = await kernel.destinationConfigs(service);
    const transaction = new Transaction(kernel, await readKernelTable(kernel));
    if (broken !== '') {
      kernel.interfere = ({ kind }) => {
        if (kind === 'zero') throw SocketError.answersLost();
      };
      const list = [
        { kind: 'delService', service },
        { kind: 'zero', service: undefined },
      ] as const;
      await expect(transaction.run(list)).rejects.toThrow('were lost');
    } else {
      await transaction.run([{ kind: 'delService', service }]);
    }
    await transaction.undo();
    expect(await kernel.destinationConfigs(service)).toEqual(before);
  },
);
