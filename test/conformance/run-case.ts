import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const { status, stderr } = await lab.run(sides.map(isolated).join('\n'), { timeoutMs: caseTimeoutMs });
  const [reference = [], ...ours] = sides.map(readSide);
  rmSync(folder, { recursive: true });
  if (status !== 0)
    throw new Error(`${testCase.topic}: ${testCase.title}: the job ended with ${status}: ${stderr}`);
  return ours.map((outputs) => compareSides(testCase, reference, outputs));
}

/** Runs a side's script in fresh namespaces: what it starts ends with it, and its network goes with it. */
function isolated(side: string): string {
  const inside =
    'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec bash ../script >../stdout 2>../stderr';
  return [
    `mkdir ${shellQuote(join(side, 'work'))} && cd ${shellQuote(join(side, 'work'))} || exit`,
    `unshare --net --pid --fork --mount-proc bash -c ${shellQuote(inside)} </dev/null`,
    'true',
  ].join('\n');
}

function readSide(side: string): StepOutput[] {
  return splitOutput(
    readFileSync(join(side, 'stdout'), 'latin1'),
    readFileSync(join(side, 'stderr'), 'latin1'),
  );
}
