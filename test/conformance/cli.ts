import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LabPool } from '../lab/pool.ts';
import type { ConformanceCase } from './case.ts';
import { readAllCases } from './case-files.ts';
import type { CaseOutcome } from './outcome.ts';
import { describeOutcome, summarise } from './report.ts';
import { runCase } from './run-case.ts';
import { type Programs, everyProgramUnderTest } from './script.ts';

const usage = `Usage: npm run conformance -- [OPTION]... [TEXT]...
Runs the conformance cases whose "file: title" contains each TEXT (letters of either case), and prints what differs.
  --programs DIR  folder with the three programs to test (default: IPVSADM_PROGRAMS, or bin/ and dist/standalone/)
  --labs N        guests side by side (default 2)
  --limit N       stop after N cases that differ
  --written       only the cases of the files, not the generated ones
  --list          only list the cases
  --show          print every step's output, also where both agree`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      programs: { type: 'string' },
      labs: { type: 'string', default: '2' },
      limit: { type: 'string', default: 'Infinity' },
      written: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const cases = readAllCases()
    .filter(({ isGenerated }) => !(values.written && isGenerated))
    .filter((one) => positionals.every((text) => matches(one, text)));
  if (values.list) {
    for (const { topic, title } of cases) console.log(`${topic}: ${title}`);
    return 0;
  }
  if (cases.length === 0) {
    console.error('No case has such a title.');
    return 1;
  }
  const started = Date.now();
  const outcomes = await runAll(cases, {
    labs: Number(values.labs),
    limit: Number(values.limit),
    programs: values.programs === undefined ? everyProgramUnderTest() : [resolve(values.programs)],
    show: values.show,
  });
  console.log(`${summarise(outcomes)}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return outcomes.some(isBad) ? 1 : 0;
}

interface RunOptions {
  readonly labs: number;
  readonly limit: number;
  readonly programs: readonly Programs[];
  readonly show: boolean;
}

async function runAll(cases: readonly ConformanceCase[], options: RunOptions): Promise<CaseOutcome[]> {
  const pool = new LabPool(options.labs);
  const outcomes: CaseOutcome[] = [];
  try {
    await Promise.all(
      cases.map((testCase) =>
        pool.use(async (lab) => {
          if (outcomes.filter(isBad).length >= options.limit) return;
          const results = await runCase(lab, testCase, options.programs);
          outcomes.push(...results);
          for (const [index, outcome] of results.entries()) {
            if (isBad(outcome))
              console.log(`${options.programs[index] ?? ''}: ${describeOutcome(outcome)}\n`);
            else if (options.show) console.log(`${transcript(outcome)}\n`);
          }
        }),
      ),
    );
  } finally {
    await pool.close();
  }
  return outcomes;
}

function transcript(outcome: CaseOutcome): string {
  const { topic, title } = outcome.testCase;
  const parts = outcome.steps.map(({ command, ours }) => {
    const status = ours?.status === 0 ? '' : `[exit ${ours?.status ?? NaN}]\n`;
    return `$ ${command}\n${ours?.stdout ?? ''}${ours?.stderr ?? ''}${status}`;
  });
  return `== ${topic}: ${title}\n${parts.join('')}`;
}

function isBad({ verdict }: CaseOutcome): boolean {
  return verdict === 'different' || verdict === 'stale';
}

function matches({ topic, title }: ConformanceCase, text: string): boolean {
  return `${topic}: ${title}`.toLowerCase().includes(text.toLowerCase());
}
