import type { ConformanceCase, Mask, StepOutput } from './case.ts';

/** How a step of both sides compares. `stale` is a deviation in which ours no longer differs from the reference. */
type Verdict = 'identical' | 'deviation' | 'different' | 'stale';

/** A step after it ran on both sides. */
export interface StepOutcome {
  readonly command: string;
  readonly verdict: Verdict;
  readonly reference: StepOutput | undefined;
  readonly ours: StepOutput | undefined;
  /** The deviation's reason and expected output, where there is one. */
  readonly reason?: string;
  readonly expected?: StepOutput;
}

/** A case after it ran on both sides. */
export interface CaseOutcome {
  readonly testCase: ConformanceCase;
  readonly verdict: Verdict;
  readonly steps: readonly StepOutcome[];
}

/** What stands for a step's command when the kernel's table after the last step is compared. */
const tableStep = '(the kernel’s table)';

/** Compares the outputs of both sides step by step. A side that ended early differs at the step it lacks. */
export function compareSides(
  testCase: ConformanceCase,
  reference: readonly StepOutput[],
  ours: readonly StepOutput[],
): CaseOutcome {
  const table = testCase.table ? { deviation: testCase.table } : {};
  const steps = [...testCase.steps, { command: tableStep, ...table }].map((step, index): StepOutcome => {
    const ofReference = masked(reference[index], testCase.masks);
    const ofOurs = masked(ours[index], testCase.masks);
    const outputs = { command: step.command, reference: ofReference, ours: ofOurs };
    const isSame = ofReference !== undefined && isEqual(ofReference, ofOurs);
    const deviation = 'deviation' in step ? step.deviation : undefined;
    if (!deviation) return { ...outputs, verdict: isSame ? 'identical' : 'different' };
    const isExpected = isEqual(deviation.ours, ofOurs);
    const verdict = isSame ? 'stale' : isExpected ? 'deviation' : 'different';
    return { ...outputs, verdict, reason: deviation.reason, expected: deviation.ours };
  });
  const ranking: readonly Verdict[] = ['different', 'stale', 'deviation'];
  const verdict =
    ranking.find((candidate) => steps.some((step) => step.verdict === candidate)) ?? 'identical';
  return { testCase, verdict, steps };
}

function masked(output: StepOutput | undefined, masks: readonly Mask[]): StepOutput | undefined {
  if (!output) return undefined;
  const mask = (text: string): string =>
    masks.reduce((result, { pattern, replacement }) => result.replace(pattern, replacement), text);
  return { ...output, stdout: mask(output.stdout), stderr: mask(output.stderr) };
}

function isEqual(one: StepOutput, other: StepOutput | undefined): boolean {
  return one.stdout === other?.stdout && one.stderr === other.stderr && one.status === other.status;
}
