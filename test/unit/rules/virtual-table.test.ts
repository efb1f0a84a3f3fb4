import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTables } from '../../../src/rules/compare.js';
import { planChanges } from '../../../src/rules/plan.js';
import { copySettings } from '../../../src/rules/settings.js';
import { applyToDirector, inverseOnDirector } from '../../../src/rules/virtual-director.js';
import { applyToTable, copyTable, inverseOperations } from '../../../src/rules/virtual-table.js';
import { readKernelTable } from '../../../src/rules/read-table.js';
import { readSettings } from '../../../src/rules/settings.js';
import { operations, table } from './arbitraries.ts';
import { KernelDouble } from './kernel-double.ts';

/** What the kernel alone can know: schedulers, engines, interfaces, and which addresses are unicast. */
function isOfItsOwn(errno: number, kind: string, address: { readonly w0: number } | undefined): boolean {
  if (kind === 'newService' || kind === 'setService') return errno === 2;
  if (kind === 'newDaemon') return errno === 19;
  return kind === 'newDest' && errno === 22 && address !== undefined && address.w0 >>> 28 === 14;
}

test('a plan from a table to itself is empty', () => {
  fc.assert(
    fc.property(table, (one) => {
      expect(planChanges(one, copyTable(one))).toEqual([]);
    }),
  );
});

test('a plan carried out makes one table the other, and touches no entry that is alike', () => {
  fc.assert(
    fc.property(table, table, (before, after) => {
      const changed = copyTable(before);
      const plan = planChanges(before, after);
      for (const operation of plan) {
        if (operation.kind !== 'newDest' && operation.kind !== 'setDest') {
          expect(applyToTable(changed, operation)).toBeUndefined();
        } else if (operation.destination.lowerThreshold <= operation.destination.upperThreshold) {
          expect(applyToTable(changed, operation)).toBeUndefined();
        } else {
          expect(applyToTable(changed, operation)).toBe(34);
          fc.pre(false);
        }
      }
      expect(compareTables(changed, after)).toEqual([]);
      const firstRemoval = plan.findIndex(({ kind }) => kind.startsWith('del'));
      expect(plan.slice(Math.max(firstRemoval, 0)).some(({ kind }) => !kind.startsWith('del'))).toBe(
        firstRemoval < 0 && plan.length > 0,
      );
    }),
  );
});

test('an operation and what undoes it leave the table as it was', () => {
  fc.assert(
    fc.property(table, operations, (before, list) => {
      const changed = copyTable(before);
      const undoing = [];
      for (const operation of list) {
        const inverse = inverseOperations(changed, operation);
        if (applyToTable(changed, operation) === undefined) undoing.push(inverse);
      }
      for (const operation of undoing.reverse().flat()) applyToTable(changed, operation);
      // What was deleted comes back even where its thresholds could not be set again.
      const valid = Array.from(before.values()).every(({ destinations }) =>
        Array.from(destinations.values()).every(
          ({ lowerThreshold, upperThreshold }) => lowerThreshold <= upperThreshold,
        ),
      );
      fc.pre(valid);
      expect(compareTables(before, changed)).toEqual([]);
    }),
  );
});

test('a director in memory refuses and does what the kernel refuses and does', async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      const kernel = new KernelDouble();
      const director = { table: await readKernelTable(kernel), settings: await readSettings(kernel) };
      for (const operation of list) {
        const errno = kernel.carryOut(operation);
        const address = 'destination' in operation ? operation.destination.address : undefined;
        if (isOfItsOwn(errno, operation.kind, address)) continue;
        expect(applyToDirector(director, operation) ?? 0).toBe(errno);
      }
      expect(compareTables(await readKernelTable(kernel), director.table)).toEqual([]);
      expect((await readSettings(kernel)).timeouts).toEqual(director.settings.timeouts);
      expect([...(await readSettings(kernel)).daemons.keys()].sort()).toEqual(
        [...director.settings.daemons.keys()].sort(),
      );
    }),
  );
});

test('settings and table are undone together', async () => {
  await fc.assert(
    fc.asyncProperty(operations, operations, async (first, list) => {
      const kernel = new KernelDouble();
      for (const operation of first) kernel.carryOut(operation);
      const before = kernel.text();
      const director = {
        table: await readKernelTable(kernel),
        settings: copySettings(await readSettings(kernel)),
      };
      const undoing = [];
      for (const operation of list) {
        const inverse = inverseOnDirector(director, operation);
        if (kernel.carryOut(operation) !== 0) continue;
        undoing.push(inverse);
        applyToDirector(director, operation);
      }
      for (const operation of undoing.reverse().flat()) expect(kernel.carryOut(operation)).toBe(0);
      expect(kernel.text()).toBe(before);
    }),
  );
});
