import { spawnSync } from 'node:child_process';
import { runProgram } from '../../../src/cli/run.js';
import { randomRules } from '../random-rules.ts';
import { Random } from '../random.ts';
import { MemoryTerminal } from './memory-terminal.ts';

// Runs in the lab: `node differential.mjs FIRST_SEED COUNT`. Restores random rules over random tables with the
// reference and with ours, and prints every seed where the two end otherwise.

interface Ending {
  readonly table: string;
  readonly errors: string;
  readonly status: number;
}

const [first = 1, count = 1] = process.argv.slice(2).map(Number);
let different = 0;
let refusals = 0;
for (let seed = first; seed < first + count; seed++) {
  const random = new Random(seed);
  const before = randomRules(random, random.below(12));
  const rules = randomRules(random, 1 + random.below(14));
  prepare(before);
  const expected = restoreWithReference(rules);
  prepare(before);
  const got = await restoreWithOurs(rules);
  refusals += expected.errors.split('\n').length - 1;
  if (expected.table === got.table && expected.errors === got.errors && expected.status === got.status)
    continue;
  different++;
  console.log(`seed ${seed}: the table before:\n${before.join('\n')}\n-- rules:\n${rules.join('\n')}`);
  console.log(`-- reference:\n${describe(expected)}\n-- ours:\n${describe(got)}\n`);
}
console.log(`${count} restores from seed ${first}: ${refusals} refusals, ${different} differ`);
process.exit(different === 0 ? 0 : 1);

function ipvsadm(args: readonly string[], input = ''): { readonly text: string; readonly errors: string } {
  const { stdout, stderr } = spawnSync('/usr/sbin/ipvsadm', args, { input, encoding: 'utf8' });
  return { text: stdout, errors: stderr };
}

function prepare(before: readonly string[]): void {
  const reset = ['-C', '--stop-daemon master', '--stop-daemon backup', '--set 900 120 300'];
  ipvsadm(['-R'], [...reset, ...before, ''].join('\n'));
}

function table(): string {
  return [['-Sn'], ['-Ln', '--thresholds'], ['-Ln', '--tun-info'], ['-L', '--timeout'], ['-L', '--daemon']]
    .map((args) => ipvsadm(args).text)
    .join('');
}

function restoreWithReference(rules: readonly string[]): Ending {
  const { stderr, status } = spawnSync('/usr/sbin/ipvsadm-restore', {
    input: `${rules.join('\n')}\n`,
    encoding: 'utf8',
  });
  return { table: table(), errors: stderr, status: status ?? -1 };
}

async function restoreWithOurs(rules: readonly string[]): Promise<Ending> {
  const terminal = new MemoryTerminal(`${rules.join('\n')}\n`);
  const status = await runProgram({
    kind: 'ipvsadm-restore',
    name: 'ipvsadm-restore',
    args: [],
    terminal,
    openOptions: {},
  });
  return { table: table(), errors: terminal.errors, status };
}

function describe({ table: text, errors, status }: Ending): string {
  return `${text}${errors}exit ${status}`;
}
