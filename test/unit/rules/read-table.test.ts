import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everything, readKernelTable } from '../../../src/rules/read-table.js';
import { destinationId, serviceId, tableOf, type Table } from '../../../src/rules/table.js';
import { applyToTable } from '../../../src/rules/virtual-table.js';
import { operations } from './arbitraries.ts';
import { KernelDouble } from './kernel-double.ts';

async function read(kernel: KernelDouble, expected?: Table): Promise<Table> {
  return readKernelTable(kernel, everything, expected);
}

test('what is expected makes no difference to what is read', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (list, changes) => {
      const kernel = new KernelDouble();
      for (const operation of list) kernel.carryOut(operation);
      const table = await read(kernel);
      const expected = await read(kernel);
      for (const operation of changes) applyToTable(expected, operation);
      const again = await read(kernel, expected);
      expect(again).toEqual(table);
      for (const { service, destinations } of again.values()) {
        expect(again.get(serviceId(service))?.destinations).toBe(destinations);
        for (const [id, destination] of destinations) expect(destinationId(destination)).toBe(id);
      }
    }),
    { numRuns: 1000 },
  );
});

test('servers that are as expected are the objects that are', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      const kernel = new KernelDouble();
      for (const operation of list) kernel.carryOut(operation);
      const expected = tableOf(
        kernel.held.map(({ service, destinations }) => ({
          service,
          destinations: destinations.map(({ destination }) => ({ ...destination })),
        })),
      );
      for (const [id, { destinations }] of await read(kernel, expected)) {
        for (const [server, destination] of destinations) {
          expect(destination).toBe(expected.get(id)?.destinations.get(server));
        }
      }
    }),
  );
});
