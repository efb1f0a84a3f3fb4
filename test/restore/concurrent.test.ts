import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programsUnderTest } from '../conformance/script.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { transcript } from '../lab/transcript.ts';
import { Random } from './random.ts';
import { changed, isSame, rulesText, ruleTable, savedTable, type RuleTable } from './rule-tables.ts';

const seed = Number(process.env['RESTORE_SEED'] ?? Date.now() % 1_000_000);
const rounds = 6;

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

/** Runs two commands at once, several times; gives the endings of each round. */
async function race(
  first: string,
  second: string,
  tables: Readonly<Record<string, RuleTable>>,
): Promise<{ readonly statuses: string; readonly errors: string; readonly table: RuleTable }[]> {
  for (const [name, table] of Object.entries(tables)) {
    writeFileSync(join(lab.directory, name), rulesText(table));
  }
  const script = `
export PATH=${programsUnderTest()}:$PATH
cd ${lab.directory}
for round in $(seq ${rounds}); do
  /usr/sbin/ipvsadm -C
  ipvsadm-restore <before
  { ${first}; } 2>errors1 & one=$!
  { ${second}; } 2>errors2 & other=$!
  wait $one; status=$?
  wait $other
  echo $status $?
  cat errors1 errors2 >errors-$round
  /usr/sbin/ipvsadm -Sn >table-$round
done`;
  const { stdout } = await lab.run(script);
  return stdout
    .trimEnd()
    .split('\n')
    .map((statuses, index) => ({
      statuses,
      errors: readFileSync(join(lab.directory, `errors-${index + 1}`), 'utf8'),
      table: savedTable(readFileSync(join(lab.directory, `table-${index + 1}`), 'utf8')),
    }));
}

test('two restores at once end in one of the two tables', async () => {
  const random = new Random(seed);
  const before = ruleTable(random, 200, 10);
  const one = changed(random, before, 200);
  const other = changed(random, before, 200);
  const rounds = await race('ipvsadm-restore <one', 'ipvsadm-restore <other', { before, one, other });
  let wins = 0;
  for (const { statuses, errors, table } of rounds) {
    expect(statuses + errors).toBe('0 0');
    expect(isSame(table, one) || isSame(table, other)).toBe(true);
    if (isSame(table, one)) wins++;
  }
  console.log(`seed ${seed}: ${rounds.length} rounds, the first was the last ${wins} times`);
});

test('clearing and replacing, and an atomic restore, take turns too', async () => {
  const random = new Random(seed);
  const before = ruleTable(random, 50, 10);
  const one = changed(random, before, 50);
  const other = new Map([...one, ['-t 10.99.0.1:80', '-A -t 10.99.0.1:80 -s wlc']]);
  const rounds = await race('ipvsadm-restore --flush <one', '{ echo -C; cat other; } | ipvsadm -R --atomic', {
    before,
    one,
    other,
  });
  for (const { statuses, errors, table } of rounds) {
    expect(statuses + errors).toBe('0 0');
    expect(isSame(table, one) || isSame(table, other)).toBe(true);
  }
});

test('who waits for others can be interrupted', async () => {
  const session = `
$ echo '-A -t 10.0.0.1:80' >rules
$ ipvsadm-restore <rules
$ echo '-A -t 10.0.0.2:80' >rules
$ flock -x /run/ipvsadm/table-*.lock sleep 60 & sleep 0.2
$ ipvsadm-restore <rules & sleep 2; kill -TERM $!; wait $!
interrupted: nothing was changed
[143]
$ ipvsadm-restore --flush <rules & sleep 2; kill -INT $!; wait $!
interrupted: nothing was changed
[130]
$ ipvsadm -R --atomic <rules & sleep 2; kill -TERM $!; wait $!
interrupted: nothing was changed
[143]
$ ipvsadm -Sn
-A -t 10.0.0.1:80 -s wlc
`;
  const expected = `${session.trim()}\n`;
  expect(await transcript(lab, expected)).toBe(expected);
});
