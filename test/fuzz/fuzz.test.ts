import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { fuzz } from './fuzz.ts';
import { runSequences } from './run-sequences.ts';
import { conformanceCase, shrink } from './shrink.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

test('500 random commands do and print what the reference does', async () => {
  const { commands, found } = await fuzz(lab, { seed: 1, commands: 500, subject: 'resident', mostFound: 5 });
  expect(found.map((outcome) => conformanceCase(outcome, 'found')).join('\n\n')).toBe('');
  expect(commands).toBeGreaterThanOrEqual(500);
});

test('a difference is shrunk to the commands and words that it takes, and printed as a case', async () => {
  const programs = join(lab.directory, 'planted');
  mkdirSync(programs);
  const planted = join(programs, 'ipvsadm');
  const reference = 'exec -a ipvsadm /usr/sbin/ipvsadm "$@"';
  // The reference, but for a table in which port 81 is served.
  writeFileSync(
    planted,
    `#!/bin/bash\n[ "$1" != -L ] || ! /usr/sbin/ipvsadm -Sn | grep -q :81 || echo surplus\n${reference}\n`,
  );
  chmodSync(planted, 0o755);
  const lines = [
    '-A -t 10.0.0.1:80 -s rr',
    '-a -t 10.0.0.1:80 -r 10.0.2.51 -m',
    '-A -t 10.0.0.2:81 -s wrr -p 60',
    '-D -t 10.0.0.1:80',
    '-L -n --stats',
    '-C',
  ];
  const sequence = lines.map((line) => ({ words: line.split(' ') }));
  const [outcome] = await runSequences(lab, [sequence], { programs });
  if (outcome === undefined) throw new Error('no outcome');
  const shortest = await shrink(lab, outcome, { programs });
  expect(conformanceCase(shortest, 'found').split('\n').slice(0, -2)).toEqual([
    '== found',
    'ipvsadm -A -t 10.0.0.2:81 -s wrr -p 60 </dev/null',
    'ipvsadm -L </dev/null',
  ]);
  expect(shortest.difference?.ours?.stdout).toMatch(/^surplus\nIP Virtual Server /);
});
