import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, shellQuote } from '../lab/lab.ts';
import type { ConformanceCase, StepOutput } from './case.ts';
import { type CaseOutcome, compareSides } from './outcome.ts';
import { type Programs, programsUnderTest, referencePrograms, sideScript, splitOutput } from './script.ts';

const caseTimeoutMs = 120_000;
let folders = 0;

/** Runs a case with the reference and with the programs under test, one after the other, and compares. */
export async function runCase(
  lab: Lab,
  testCase: ConformanceCase,
  programs: Programs = programsUnderTest(),
): Promise<CaseOutcome> {
  folders += 1;
  const folder = join(lab.directory, `case-${folders}`);
  const sides = { reference: join(folder, 'reference'), ours: join(folder, 'ours') };
  for (const [name, side] of Object.entries(sides)) {
    mkdirSync(side, { recursive: true });
    const script = sideScript(testCase, name === 'ours' ? programs : referencePrograms);
    writeFileSync(join(side, 'script'), script);
  }
  const job = Object.values(sides).map(isolated).join('\n');
  const { status, stderr } = await lab.run(job, { timeoutMs: caseTimeoutMs });
  const outcome = compareSides(testCase, readSide(sides.reference), readSide(sides.ours));
  rmSync(folder, { recursive: true });
  if (status !== 0)
    throw new Error(`${testCase.topic}: ${testCase.title}: the job ended with ${status}: ${stderr}`);
  return outcome;
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
