import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTables } from '../../../src/rules/compare.ts';
import { planChanges } from '../../../src/rules/plan.ts';
import type { Table } from '../../../src/rules/table.ts';
import { applyToTable, copyTable, inverseOperations } from '../../../src/rules/virtual-table.ts';
import { tables } from '../../apply/guest/tables.ts';

function carryOut(current: Table, target: Table): Table {
  const table = copyTable(current);
  for (const operation of planChanges(current, target))
    expect(applyToTable(table, operation)).toBeUndefined();
  return table;
}

test('a plan makes one table of the other, and nothing of one that is alike', () => {
  fc.assert(
    fc.property(tables, tables, (current, target) => {
      expect(compareTables(carryOut(current, target), target)).toEqual([]);
      expect(planChanges(target, target)).toEqual([]);
    }),
  );
});

test('removals come last, and nothing is both added and removed', () => {
  fc.assert(
    fc.property(tables, tables, (current, target) => {
      const isRemoval = planChanges(current, target).map(({ kind }) => kind.startsWith('del'));
      expect(isRemoval).toEqual(isRemoval.slice().sort());
    }),
  );
});

test('what is undone in reverse is as it was', () => {
  fc.assert(
    fc.property(tables, tables, (current, target) => {
      const table = copyTable(current);
      const undo = planChanges(current, target).map((operation) => {
        const inverse = inverseOperations(table, operation);
        applyToTable(table, operation);
        return inverse;
      });
      for (const operation of undo.reverse().flat()) expect(applyToTable(table, operation)).toBeUndefined();
      expect(compareTables(table, current)).toEqual([]);
    }),
  );
});
