import { printable } from '../../src/cli/printable.ts';
import type { StepOutput } from '../conformance/case.ts';
import type { FuzzCommand } from './command.ts';

/** A difference that is wanted, or that the kernel makes and not the program. */
interface KnownDifference {
  readonly reason: string;
  /** The two outputs as they are to be compared, or undefined where this difference is not the one. */
  readonly normalise: (command: FuzzCommand, reference: StepOutput, ours: StepOutput) => Pair | undefined;
  /** What follows works on another table: it can't be compared. */
  readonly endsSequence?: true;
}

type Pair = readonly [reference: StepOutput, ours: StepOutput];

const sortLines = (text: string): string => text.split('\n').sort().join('\n');
const bothSorted = (reference: StepOutput, ours: StepOutput): Pair => [
  { ...reference, stdout: sortLines(reference.stdout) },
  { ...ours, stdout: sortLines(ours.stdout) },
];
const textOf = ({ words, input = '' }: FuzzCommand): string => [...words, input].join(' ');
const firstIs = ({ words }: FuzzCommand, letters: RegExp): boolean => letters.test(words[0] ?? '');

/** Each is looked at in this order, for a command whose outputs differ. */
const knownDifferences: readonly KnownDifference[] = [
  {
    reason: 'Saved lines carry the thresholds at their end, which the original forgets.',
    normalise: (_command, reference, ours) => [
      reference,
      { ...ours, stdout: ours.stdout.replace(/^(-a .*?)(?: -x \d+)?(?: -y \d+)?$/gm, '$1') },
    ],
  },
  {
    reason: 'The kernel returns services in another order in each namespace.',
    normalise: (command, reference, ours) =>
      /--nosort/.test(textOf(command)) ? bothSorted(reference, ours) : undefined,
  },
  {
    reason: 'Addresses that are half the range apart sort by the order in which the kernel returns them.',
    normalise: (_command, reference, ours) =>
      /\b(?:12[89]|1[3-9]\d|2[0-5]\d)(?:\.\d+){3}|\[[89a-f][\da-f]{3}:/.test(reference.stdout)
        ? bothSorted(reference, ours)
        : undefined,
  },
  {
    reason: 'The text of -h is our own.',
    normalise: (_command, reference, ours) =>
      reference.stdout.includes('\nUsage:') && ours.status === reference.status ? [ours, ours] : undefined,
  },
  {
    reason: 'Saving without -n writes a number where a name would not be read back as the same entry.',
    normalise: (command, reference, ours) =>
      firstIs(command, /^(?:-S|--save)/) && !/(?:^| )-\w*n|--numeric/.test(textOf(command))
        ? [
            { ...reference, stdout: '' },
            { ...ours, stdout: '' },
          ]
        : undefined,
  },
  {
    reason: 'Marks of 2^31 and more are printed unsigned.',
    normalise: (_command, reference, ours) =>
      /(?:FWM {2}|-f )-\d/.test(reference.stdout)
        ? [
            { ...reference, stdout: '' },
            { ...ours, stdout: '' },
          ]
        : undefined,
  },
  {
    reason: 'Scheduler flags of commas only crash the original.',
    normalise: (command, reference, ours) =>
      reference.status === 139 && ours.status === 2 && /-b|sched-flags/.test(textOf(command))
        ? [ours, ours]
        : undefined,
  },
  {
    // Control characters of the line are not in our message.
    // A listing that is refused ends the original's restore before it has read the bad line.
    reason:
      'Restoring checks every line first and names the bad one; the original has run the lines before it.',
    endsSequence: true,
    normalise: (command, reference, ours) => {
      const message = /^line \d+: (?<message>[^]*)$/.exec(ours.stderr)?.groups?.['message'];
      if (message === undefined || command.input === undefined || ours.status !== 2) return undefined;
      const isToldByBoth = printable(reference.stderr.trimEnd()).includes(printable(message.trimEnd()));
      return isToldByBoth || reference.status === 1 ? [ours, ours] : undefined;
    },
  },
];

/** Compares a command's outputs. `ended` is a wanted difference after which the tables are not the same. */
export function compareOutputs(
  command: FuzzCommand,
  reference: StepOutput,
  ours: StepOutput,
): 'same' | 'different' | 'ended' {
  let pair: Pair = [reference, ours];
  if (isSame(pair)) return 'same';
  for (const { normalise, endsSequence } of knownDifferences) {
    pair = normalise(command, ...pair) ?? pair;
    if (isSame(pair)) return endsSequence ? 'ended' : 'same';
  }
  return 'different';
}

function isSame([reference, ours]: Pair): boolean {
  return (
    reference.stdout === ours.stdout && reference.stderr === ours.stderr && reference.status === ours.status
  );
}
