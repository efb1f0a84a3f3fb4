import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { destinationWith, serviceWith } from '../../../src/ipvs/defaults.js';
import { addressService, Protocol } from '../../../src/ipvs/model.js';
import { readKernelTable } from '../../../src/rules/read-table.js';
import { readSettings } from '../../../src/rules/settings.js';
import { transact, Transaction } from '../../../src/rules/transaction.js';
import { operations } from './arbitraries.ts';
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

test('servers that come back are in the order in which they were', async () => {
  const kernel = new KernelDouble();
  const service = serviceWith(addressService(Protocol.tcp, new IpAddress(AddressFamily.ipv4, 1), 80));
  kernel.carryOut({ kind: 'newService', service });
  for (const port of [1, 2, 3]) {
    const destination = destinationWith({ address: new IpAddress(AddressFamily.ipv4, 2), port });
    kernel.carryOut({ kind: 'newDest', service, destination });
  }
  const before = await kernel.destinationConfigs(service);
  const transaction = new Transaction(kernel, await readKernelTable(kernel));
  await transaction.run([{ kind: 'delService', service }]);
  await transaction.undo();
  expect(await kernel.destinationConfigs(service)).toEqual(before);
});
