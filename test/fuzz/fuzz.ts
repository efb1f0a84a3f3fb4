import { bundleForGuest } from '../lab/bundle.ts';
import type { Lab } from '../lab/lab.ts';
import { programsUnderTest, standalonePrograms } from '../conformance/script.ts';
import type { FuzzSequence } from './command.ts';
import { randomSequence } from './generate.ts';
import { Random } from './random.ts';
import { runSequences, type SequenceOutcome, type Subject } from './run-sequences.ts';
import { shrink } from './shrink.ts';

/** How the program is run: by its source in one process, or as a process for each command. */
export const subjectNames = ['resident', 'node', 'standalone'] as const;
type SubjectName = (typeof subjectNames)[number];

/** What a run was like. */
export interface FuzzReport {
  readonly sequences: number;
  /** Commands whose output was compared. */
  readonly commands: number;
  /** The shortest sequence for each difference. */
  readonly found: readonly SequenceOutcome[];
}

export interface FuzzOptions {
  readonly seed: number;
  /** At least so many are run. */
  readonly commands: number;
  readonly subject: SubjectName;
  /** Ends the run when so many differences were found. */
  readonly mostFound: number;
  readonly onProgress?: (report: FuzzReport) => void;
}

const commandsPerBatch = 500;

/** Runs random sequences of commands with the reference and with ours. */
export async function fuzz(lab: Lab, options: FuzzOptions): Promise<FuzzReport> {
  const subject = await subjectOf(options.subject);
  const random = new Random(options.seed);
  const found: SequenceOutcome[] = [];
  let sequences = 0;
  let commands = 0;
  while (commands < options.commands && found.length < options.mostFound) {
    const wanted = Math.min(commandsPerBatch, options.commands - commands);
    const batch = randomBatch(random, wanted);
    const outcomes = await runSequences(lab, batch, subject);
    sequences += batch.length;
    commands += outcomes.reduce((sum, { compared }) => sum + compared, 0);
    for (const outcome of outcomes.filter(({ difference }) => difference !== undefined)) {
      if (found.length < options.mostFound) found.push(await shrink(lab, outcome, subject));
    }
    options.onProgress?.({ sequences, commands, found });
  }
  return { sequences, commands, found };
}

function randomBatch(random: Random, commands: number): FuzzSequence[] {
  const batch: FuzzSequence[] = [];
  for (let count = 0; count < commands; count += batch.at(-1)?.length ?? 0)
    batch.push(randomSequence(random));
  return batch;
}

async function subjectOf(name: SubjectName): Promise<Subject> {
  if (name === 'node') return { programs: programsUnderTest() };
  if (name === 'standalone') return { programs: standalonePrograms };
  return { resident: await bundleForGuest('test/fuzz/guest/resident.ts') };
}
