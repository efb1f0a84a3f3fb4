import type { AllDifferences } from '../../output/difference.js';
import { planApply, targetOf, type ApplyLimits } from '../../rules/apply.js';
import { compareTables } from '../../rules/compare.js';
import { everything } from '../../rules/read-table.js';
import { compareSettings } from '../../rules/setting-differences.js';
import type { Table } from '../../rules/table.js';
import { UsageError } from '../errors.js';
import type { Terminal } from '../session.js';
import { showDifferences } from '../show-differences.js';
import { readTableFile, type TableFile } from '../table-file.js';
import { limitsOf } from '../table-limits.js';
import type { RunWord, WordValues } from '../words.js';

const alike = 0;
const different = 1;

/** `ipvsadm diff`: what would have to change in the kernel, or between two files. */
export const run: RunWord = async ({ terminal, withSession }, values) => {
  const limits = limitsOf(values);
  const [first = '-', second] = values.args;
  if (first === '-' && second === '-') throw new UsageError('only one of the files can be standard input');
  const file = await readTableFile(terminal, first);
  if (second !== undefined) {
    const other = await readTableFile(terminal, second);
    return show(terminal, values, compareFiles(file, other, limits));
  }
  return withSession(async ({ client }) =>
    show(terminal, values, await planApply(client, file.table, limits, file)),
  );
};

function compareFiles(before: TableFile, after: TableFile, limits: ApplyLimits): AllDifferences {
  const { scope = everything } = limits;
  const current: Table = new Map(Array.from(before.table).filter(([, { service }]) => scope(service)));
  return {
    settings: compareSettings(before, after),
    differences: compareTables(current, targetOf(current, after.table, limits)),
  };
}

function show(terminal: Terminal, values: WordValues, all: AllDifferences): number {
  showDifferences(terminal, values, all);
  return all.differences.length + all.settings.length === 0 ? alike : different;
}
