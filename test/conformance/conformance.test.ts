import { afterAll, describe, expect, test } from 'vitest';
import { LabPool } from '../lab/pool.ts';
import { readAllCases } from './case-files.ts';
import type { CaseOutcome } from './outcome.ts';
import { describeOutcome, summarise } from './report.ts';
import { runCase } from './run-case.ts';

const pool = new LabPool(2);
const outcomes: CaseOutcome[] = [];
const cases = readAllCases();

afterAll(async () => {
  await pool.close();
  console.log(summarise(outcomes));
});

for (const topic of new Set(cases.map((one) => one.topic))) {
  describe.concurrent(topic, () => {
    for (const testCase of cases.filter((one) => one.topic === topic)) {
      test(testCase.title, async () => {
        const outcome = await pool.use((lab) => runCase(lab, testCase));
        outcomes.push(outcome);
        if (outcome.verdict !== 'identical' && outcome.verdict !== 'deviation') {
          expect.fail(describeOutcome(outcome));
        }
      });
    }
  });
}
