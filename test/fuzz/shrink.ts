import type { Lab } from '../lab/lab.ts';
import { type FuzzCommand, type FuzzSequence, shellLine } from './command.ts';
import { describeDifference, runSequences, type SequenceOutcome, type Subject } from './run-sequences.ts';

const mostRounds = 12;

/** Makes a sequence that differs as short as it goes: fewer commands, then fewer words and lines of input. */
export async function shrink(lab: Lab, found: SequenceOutcome, subject: Subject): Promise<SequenceOutcome> {
  let shortest = cutBehind(found);
  for (let round = 0; round < mostRounds; round += 1) {
    const candidates = shorterOnes(shortest.sequence);
    if (candidates.length === 0) break;
    const outcomes = await runSequences(lab, candidates, subject);
    const better = outcomes.find(({ difference }) => difference !== undefined);
    if (!better) break;
    shortest = cutBehind(better);
  }
  return shortest;
}

/** What comes behind the first difference does not matter. */
function cutBehind(outcome: SequenceOutcome): SequenceOutcome {
  const { sequence, difference } = outcome;
  return difference ? { ...outcome, sequence: sequence.slice(0, difference.step + 1) } : outcome;
}

/** Sequences with a piece left out, big pieces first. */
function shorterOnes(sequence: FuzzSequence): FuzzSequence[] {
  const without = (from: number, count: number): FuzzSequence =>
    sequence.filter((_command, index) => index < from || index >= from + count);
  const halves =
    sequence.length > 3 ? [without(0, sequence.length >> 1), without(0, sequence.length >> 2)] : [];
  const shorter = sequence.length > 1 ? sequence.map((_command, index) => without(index, 1)) : [];
  const last = sequence.at(-1);
  const smaller = last ? smallerCommands(last).map((command) => [...sequence.slice(0, -1), command]) : [];
  return [...halves, ...shorter, ...smaller];
}

function smallerCommands({ words, input }: FuzzCommand): FuzzCommand[] {
  const rest = input === undefined ? {} : { input };
  const fewerWords = words.map((_word, index) => ({ ...rest, words: words.toSpliced(index, 1) }));
  const lines = input?.match(/[^\n]*\n/g) ?? [];
  const fewerLines = lines.map((_line, index) => ({ words, input: lines.toSpliced(index, 1).join('') }));
  return [...fewerLines, ...fewerWords];
}

/** A sequence as a case for `test/conformance/cases`, with what differs as a comment. */
export function conformanceCase({ sequence, difference }: SequenceOutcome, title: string): string {
  const lines = sequence.map(shellLine);
  if (lines.some((line) => line.includes('daemon'))) lines.unshift('dummy eth0 10.9.0.1/24');
  return [`== ${title}`, ...lines, ...(difference ? [describeDifference(difference)] : [])].join('\n');
}
