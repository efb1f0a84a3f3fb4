import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram } from '../lab/compile.ts';
import { type Lab, shellQuote } from '../lab/lab.ts';
import type { ConformanceCase, StepOutput } from './case.ts';
import { type CaseOutcome, compareSides } from './outcome.ts';
import { type Programs, referencePrograms, sideScript, splitOutput } from './script.ts';

const caseTimeoutMs = 240_000;
let folders = 0;

/**
 * Runs a case with the reference and then with each of the programs under test, and compares: one outcome for each
 * of `programs`.
 */
export async function runCase(
  lab: Lab,
  testCase: ConformanceCase,
  programs: readonly Programs[],
): Promise<CaseOutcome[]> {
  folders += 1;
  const folder = join(lab.directory, `case-${folders}`);
  const sides = [referencePrograms, ...programs].map((program, index) => {
    const side = join(folder, `side-${index}`);
    mkdirSync(side, { recursive: true });
    writeFileSync(join(side, 'script'), sideScript(testCase, program));
    return side;
  });
  try {
    const { status, stderr } = await lab.run(isolatedSides(sides), { timeoutMs: caseTimeoutMs });
    if (status !== 0)
      throw new Error(`${testCase.topic}: ${testCase.title}: the job ended with ${status}: ${stderr}`);
    const [reference = [], ...ours] = sides.map(readSide);
    return ours.map((outputs) => compareSides(testCase, reference, outputs));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The command line that runs the sides' scripts one after the other, each in fresh namespaces: what it starts ends with
 * it, and its network goes with it.
 */
function isolatedSides(sides: readonly string[]): string {
  return [compileProgram('test/conformance/isolate.c'), ...sides].map(shellQuote).join(' ');
}

function readSide(side: string): StepOutput[] {
  return splitOutput(
    readFileSync(join(side, 'stdout'), 'latin1'),
    readFileSync(join(side, 'stderr'), 'latin1'),
  );
}
