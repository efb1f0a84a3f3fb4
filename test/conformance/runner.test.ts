import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, bootLab } from '../lab/lab.ts';
import { type ConformanceCase, parseCases } from './case.ts';
import type { CaseOutcome } from './outcome.ts';
import { describeOutcome, summarise } from './report.ts';
import { runCase } from './run-case.ts';

// The runner is tested with the reference on one side and a copy of it with planted differences on the other.
let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
  const fake = join(lab.directory, 'ipvsadm');
  writeFileSync(
    fake,
    `#!/bin/bash
case "$*" in
  *10.9.9.1*) echo surplus ;;
  *10.9.9.2*) echo surplus >&2 ;;
  *10.9.9.3*) /usr/sbin/ipvsadm "$@"; exit 7 ;;
  *10.9.9.4*) set -- "$@" -s rr ;;
esac
exec -a ipvsadm /usr/sbin/ipvsadm "$@"
`,
  );
  chmodSync(fake, 0o755);
});

afterAll(() => lab.powerOff());

/** Runs a case with the planted program. */
const runPlanted = async (testCase: ConformanceCase): Promise<CaseOutcome> => {
  const [outcome] = await runCase(lab, testCase, [lab.directory]);
  if (!outcome) throw new Error('no outcome');
  return outcome;
};

const verdictOf = async (text: string): Promise<string> => {
  const [testCase] = parseCases('planted', `== planted\n${text}`);
  if (!testCase) throw new Error('no case');
  const outcome = await runPlanted(testCase);
  return outcome.steps.map(({ verdict }) => verdict).join(' ') + ` => ${outcome.verdict}`;
};

test.each([
  ['no difference', 'ipvsadm -A -t 10.0.0.1:80\nipvsadm -Ln', 'identical identical identical => identical'],
  ['a word on standard output', 'ipvsadm -A -t 10.9.9.1:80', 'different identical => different'],
  ['a word on standard error', 'ipvsadm -A -t 10.9.9.2:80', 'different identical => different'],
  ['the exit status', 'ipvsadm -A -t 10.9.9.3:80\nipvsadm -Ln', 'different identical identical => different'],
  ['only the table', 'ipvsadm -A -t 10.9.9.4:80', 'identical different => different'],
  [
    'a script that is killed',
    '[ $(command -v ipvsadm) = /usr/sbin/ipvsadm ] || exit\nipvsadm -Ln',
    'different different different => different',
  ],
  [
    'a masked difference',
    '@mask /surplus\\n/ => \nipvsadm -A -t 10.9.9.1:80',
    'identical identical => identical',
  ],
  [
    'a deviation',
    'ipvsadm -A -t 10.9.9.1:80\n~ It says so.\n  | surplus',
    'deviation identical => deviation',
  ],
  [
    'a deviation with another text',
    'ipvsadm -A -t 10.9.9.1:80\n~ It says so.\n  | other',
    'different identical => different',
  ],
  [
    'a deviation that is none',
    'ipvsadm -A -t 10.0.0.1:80\n~ It says so.\n  | surplus',
    'stale identical => stale',
  ],
])('%s', async (_name, text, expected) => {
  expect(await verdictOf(text)).toBe(expected);
});

test('a deviation of the table names the whole table of ours', async () => {
  const table = [
    '@table',
    '~ Ours chooses another scheduler.',
    '  | -A -t 10.9.9.4:80 -s rr',
    '  | IP Virtual Server version 1.2.1 (size=4096)',
    '  | Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ',
    '  |   -> RemoteAddress:Port',
    '  | TCP  10.9.9.4:80 rr',
    '  | Timeout (tcp tcpfin udp): 900 120 300',
  ];
  const text = ['ipvsadm -A -t 10.9.9.4:80', '@mask /size=\\d+/ => size=4096', ...table].join('\n');
  expect(await verdictOf(text)).toBe('identical deviation => deviation');
});

test('a difference prints both outputs side by side', async () => {
  const [testCase] = parseCases('planted', '== planted\nipvsadm -A -t 10.9.9.1\nipvsadm -L --timeout');
  if (!testCase) throw new Error('no case');
  const outcome = await runPlanted(testCase);
  const refusal = '2 Zero port specified for non-persistent service';
  const width = refusal.length;
  expect(describeOutcome(outcome)).toBe(
    [
      'planted.case:1: planted: different',
      '  > $ ipvsadm -A -t 10.9.9.1',
      `    ${'reference'.padEnd(width)}   ours`,
      `    ${''.padEnd(width)} > 1 surplus`,
      `    ${refusal}   ${refusal}`,
      `    ${'exit 2'.padEnd(width)}   exit 2`,
      '    $ ipvsadm -L --timeout',
      '    $ (the kernel’s table)',
    ].join('\n'),
  );
  expect(summarise([outcome])).toMatch(
    '1 cases (3 steps compared): 0 identical, 0 deviations on purpose, 1 differ',
  );
});

test('a case file that makes no sense is refused with its line', () => {
  expect(() => parseCases('odd', 'ipvsadm -Ln')).toThrow('odd.case:1: a case starts with a title line');
  expect(() => parseCases('odd', '== empty')).toThrow('odd.case:1: the case "empty" has no command');
  expect(() => parseCases('odd', '== a\ntrue\n  | x')).toThrow(
    'odd.case:3: an indented line belongs to a deviation',
  );
  expect(() => parseCases('odd', '== a\n@mask nothing')).toThrow('odd.case:2: a mask is a name or');
});
