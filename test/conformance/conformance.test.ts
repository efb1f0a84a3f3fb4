import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LabPool } from '../lab/pool.ts';
import type { ConformanceCase } from './case.ts';
import { readAllCases } from './case-files.ts';
import type { CaseOutcome } from './outcome.ts';
import { describeOutcome, summarise } from './report.ts';
import { runCase } from './run-case.ts';
import { everyProgramUnderTest } from './script.ts';

const pool = new LabPool(2);
const cases = readAllCases();
const programs = everyProgramUnderTest();
const outcomes = new Map(programs.map((program) => [program, [] as CaseOutcome[]]));
const started = new Map<ConformanceCase, Promise<CaseOutcome[]>>();

/** Runs a case once for all programs, since the reference's side is the same for each. */
function runOnce(testCase: ConformanceCase): Promise<CaseOutcome[]> {
  const running = started.get(testCase) ?? pool.use((lab) => runCase(lab, testCase, programs));
  started.set(testCase, running);
  return running;
}

afterAll(async () => {
  await pool.close();
  for (const [program, results] of outcomes) console.log(`${program}: ${summarise(results)}`);
});

for (const [index, program] of programs.entries()) {
  describe.concurrent(basename(program), () => {
    for (const topic of new Set(cases.map((one) => one.topic))) {
      describe.concurrent(topic, () => {
        for (const testCase of cases.filter((one) => one.topic === topic)) {
          test(testCase.title, async () => {
            const outcome = (await runOnce(testCase))[index];
            if (!outcome) throw new Error(`${program} did not run`);
            outcomes.get(program)?.push(outcome);
            if (outcome.verdict !== 'identical' && outcome.verdict !== 'deviation') {
              expect.fail(describeOutcome(outcome));
            }
          });
        }
      });
    }
  });
}
