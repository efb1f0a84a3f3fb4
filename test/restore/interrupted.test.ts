import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programsUnderTest } from '../conformance/script.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { Random } from './random.ts';
import {
  changed,
  isBetween,
  isSame,
  rulesText,
  ruleTable,
  savedTable,
  type RuleTable,
} from './rule-tables.ts';

const services = 500;
const servers = 19;
const trials = 6;
const seed = Number(process.env['RESTORE_SEED'] ?? Date.now() % 1_000_000);

let lab: Lab;
let before: RuleTable;
let after: RuleTable;
beforeAll(async () => {
  lab = await bootLab();
  const random = new Random(seed);
  before = ruleTable(random, services, servers);
  after = changed(random, before, services, 90);
  writeFileSync(join(lab.directory, 'before'), rulesText(before));
  writeFileSync(join(lab.directory, 'after'), rulesText(after));
  writeFileSync(join(lab.directory, 'clear-and-after'), `-C\n${rulesText(after)}`);
  console.log(`seed ${seed}: ${before.size} rules, then ${after.size}`);
});
afterAll(() => lab.powerOff());

interface Trial {
  readonly status: number;
  readonly errors: string;
  readonly table: RuleTable;
  /** The table after the rules were restored once more. */
  readonly again: RuleTable;
}

/** When a signal is to come: after a time from the start, or from the first change of the table, in milliseconds. */
interface Moment {
  readonly from: 'the start' | 'the first change';
  readonly delay: number;
}

/** Lets the restore run in steps until the table has changed. */
const untilFirstChange = `
old=$(md5sum </proc/net/ip_vs)
while kill -STOP $restore 2>/dev/null && [ "$(md5sum </proc/net/ip_vs)" = "$old" ]; do
  kill -CONT $restore
  sleep 0.01
done
kill -CONT $restore 2>/dev/null`;

/** Ends a restore over the first table with a signal. */
async function interrupt(command: string, signal: string, { from, delay }: Moment): Promise<Trial> {
  const script = `
export PATH=${programsUnderTest()}:$PATH
cd ${lab.directory}
/usr/sbin/ipvsadm -C
ipvsadm-restore <before || exit 99
${command} 2>errors & restore=$!
${from === 'the start' ? '' : untilFirstChange}
sleep ${(delay / 1000).toFixed(3)}
kill -${signal} $restore 2>/dev/null
wait $restore 2>/dev/null
echo $?
/usr/sbin/ipvsadm -Sn >table
ipvsadm-restore <after || exit 98
/usr/sbin/ipvsadm -Sn >again`;
  const { stdout, stderr, status } = await lab.run(script);
  if (status !== 0) throw new Error(`${status}: ${stdout}${stderr}`);
  const read = (name: string): string => readFileSync(join(lab.directory, name), 'utf8');
  return {
    status: Number(stdout),
    errors: read('errors'),
    table: savedTable(read('table')),
    again: savedTable(read('again')),
  };
}

interface Counts {
  before: number;
  between: number;
  after: number;
}

/** Signals at random moments: anywhere, and shortly after the first change. */
async function interruptOften(
  command: string,
  signal: string,
  check: (trial: Trial) => keyof Counts,
): Promise<Counts> {
  const random = new Random(seed);
  const counts: Counts = { before: 0, between: 0, after: 0 };
  for (let i = 0; i < trials; i++) {
    const moment: Moment =
      i < trials / 2
        ? { from: 'the start', delay: 200 + random.below(1300) }
        : { from: 'the first change', delay: random.below(20) };
    counts[check(await interrupt(command, signal, moment))]++;
  }
  console.log(
    `${command} and ${signal}: ${counts.before} times before it, ${counts.between} within, ${counts.after} after it`,
  );
  return counts;
}

function stateOf({ table }: Trial): 'before' | 'between' | 'after' {
  if (isSame(table, before)) return 'before';
  return isSame(table, after) ? 'after' : 'between';
}

test('after kill -9 each entry is old or new, and restoring again completes it', async () => {
  const { between } = await interruptOften('ipvsadm-restore <after', 'KILL', (trial) => {
    expect(isBetween(trial.table, before, after)).toBe(true);
    expect(isSame(trial.again, after)).toBe(true);
    return stateOf(trial);
  });
  expect(between).toBeGreaterThan(0);
});

test('SIGTERM does not stop a replacement half way', async () => {
  await interruptOften('ipvsadm-restore <after', 'TERM', (trial) => {
    const state = stateOf(trial);
    expect(`${state} ${trial.status}`).toMatch(/^(?:before 143|after 0)$/);
    expect(isSame(trial.again, after)).toBe(true);
    return state;
  });
});

test.each(['TERM', 'INT'])('SIG%s undoes an atomic restore', async (signal) => {
  const status = signal === 'TERM' ? 143 : 130;
  const { between } = await interruptOften('ipvsadm -R --atomic <clear-and-after', signal, (trial) => {
    const state = stateOf(trial);
    expect([`before ${status}`, 'after 0']).toContain(`${state} ${trial.status}`);
    if (state === 'before')
      expect(trial.errors).toMatch(/^(?:|interrupted: (?:everything was undone|nothing was changed)\n)$/);
    return trial.errors.includes('undone') ? 'between' : state;
  });
  expect(between).toBeGreaterThan(0);
});
