import type { StepOutput } from './case.ts';
import type { CaseOutcome, StepOutcome } from './outcome.ts';

/** Describes what differs in a case: each step that is not as it should be, both outputs side by side. */
export function describeOutcome(outcome: CaseOutcome): string {
  const { topic, title, line } = outcome.testCase;
  const parts = [`${topic}.case:${line}: ${title}: ${outcome.verdict}`];
  for (const step of outcome.steps) {
    const isBad = step.verdict === 'different' || step.verdict === 'stale';
    parts.push(isBad ? describeStep(step) : `    $ ${step.command}`);
  }
  return parts.join('\n');
}

/** One line that counts the outcomes. */
export function summarise(outcomes: readonly CaseOutcome[]): string {
  const count = (verdict: string): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const steps = outcomes.reduce((sum, outcome) => sum + outcome.steps.length, 0);
  const differing = count('different') + count('stale');
  const figures = `${count('identical')} identical, ${count('deviation')} deviations on purpose, ${differing} differ`;
  return `conformance: ${outcomes.length} cases (${steps} steps compared): ${figures}`;
}

function describeStep(step: StepOutcome): string {
  const lines = [`  > $ ${step.command}`];
  if (step.verdict === 'stale') {
    lines.push(`    The deviation is stale: both print the same now. Its reason was: ${step.reason ?? ''}`);
  }
  const left = printable(step.expected ?? step.reference);
  const title = step.expected ? 'expected of ours (deviation)' : 'reference';
  lines.push(...sideBySide(title, left, 'ours', printable(step.ours)).map((row) => `    ${row}`));
  return lines.join('\n');
}

function printable(output: StepOutput | undefined): string[] {
  if (!output) return ['(the script ended before this step)'];
  return [...streamLines('1', output.stdout), ...streamLines('2', output.stderr), `exit ${output.status}`];
}

/** Lines of a stream with its number before them; blanks at the end and control characters are made visible. */
function streamLines(stream: string, text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop();
  if (last !== '') lines.push(`${last ?? ''}\\(no newline)`);
  return lines.map((line) => {
    const visible = line.replace(/[\u0000-\u001f\u007f-\u00ff]/g, (char) => {
      return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    });
    return `${stream} ${visible.replace(/ +$/, (blanks) => '·'.repeat(blanks.length))}`;
  });
}

/** Two columns; the mark between them shows equal (blank), changed (|), or lacking (< or >) lines. */
function sideBySide(leftTitle: string, left: string[], rightTitle: string, right: string[]): string[] {
  const width = Math.max(leftTitle.length, ...left.map((line) => line.length));
  const rows = align(left, right).map(([one, other]) => {
    const mark = one === other ? ' ' : one === undefined ? '>' : other === undefined ? '<' : '|';
    return `${(one ?? '').padEnd(width)} ${mark} ${other ?? ''}`;
  });
  return [`${leftTitle.padEnd(width)}   ${rightTitle}`, ...rows];
}

type Row = readonly [left: string | undefined, right: string | undefined];

/** Pairs equal lines by their longest common subsequence, and pairs what is between them in order. */
function align(left: string[], right: string[]): Row[] {
  const lengths = left.map(() => new Array<number>(right.length + 1).fill(0));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? [];
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] = left[i] === right[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const rows: Row[] = [];
  const leftOnly: string[] = [];
  const rightOnly: string[] = [];
  const flush = (): void => {
    while (leftOnly.length + rightOnly.length > 0) rows.push([leftOnly.shift(), rightOnly.shift()]);
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const one = left[i];
    const other = right[j];
    if (one !== undefined && one === other) {
      flush();
      rows.push([one, other]);
      i += 1;
      j += 1;
    } else if (one !== undefined && (other === undefined || length(i + 1, j) >= length(i, j + 1))) {
      leftOnly.push(one);
      i += 1;
    } else if (other !== undefined) {
      rightOnly.push(other);
      j += 1;
    }
  }
  flush();
  return rows;
}
