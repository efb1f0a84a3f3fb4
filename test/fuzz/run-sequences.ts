import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StepOutput } from '../conformance/case.ts';
import { type Programs, referencePrograms, splitOutput } from '../conformance/script.ts';
import { type Lab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { type FuzzSequence, shellLine } from './command.ts';
import { compareOutputs } from './known-differences.ts';

/** The program under test: a folder of programs, or the bundle that runs every command in one process. */
export type Subject = { readonly programs: Programs } | { readonly resident: string };

/** A sequence after both sides ran it. */
export interface SequenceOutcome {
  readonly sequence: FuzzSequence;
  /** How many commands were compared. */
  readonly compared: number;
  /** The first difference. */
  readonly difference?: Difference;
}

/** Where and how the two sides differ; a step behind the last command is the kernel's table. */
export interface Difference {
  readonly step: number;
  readonly reference: StepOutput | undefined;
  readonly ours: StepOutput | undefined;
}

const noDescriptor = { stdout: '', stderr: '', status: NaN } as const;
let batches = 0;

/** Runs sequences with both sides in one job, each side in a network namespace of its own, and compares. */
export async function runSequences(
  lab: Lab,
  sequences: readonly FuzzSequence[],
  subject: Subject,
): Promise<SequenceOutcome[]> {
  batches += 1;
  const folder = join(lab.directory, `fuzz-${batches}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'sequences'), JSON.stringify(sequences));
  writeFileSync(join(folder, 'end'), endOfSequence());
  const reference = scriptedSide(folder, 'reference', sequences, referencePrograms);
  const ours =
    'resident' in subject
      ? residentSide(folder, subject.resident)
      : scriptedSide(folder, 'ours', sequences, subject.programs);
  try {
    const job = await lab.run(`${reference.script}\n${ours.script}\n`, { timeoutMs: 900_000 });
    if (job.status !== 0) throw new Error(`the job ended with ${job.status}: ${job.stderr}`);
    const ofReference = reference.read();
    const ofOurs = ours.read();
    return sequences.map((sequence, index) =>
      compareSequence(sequence, ofReference[index] ?? [], ofOurs[index] ?? []),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Side {
  readonly script: string;
  readonly read: () => StepOutput[][];
}

/** A side that starts a process for each command. */
function scriptedSide(
  folder: string,
  name: string,
  sequences: readonly FuzzSequence[],
  programs: Programs,
): Side {
  const path = [programs, dirname(process.execPath), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  const file = join(folder, name);
  const lines = [`. ${shellQuote(helpers)}`, ...prepare, `export PATH=${shellQuote(path)}`];
  for (const sequence of sequences) {
    for (const command of sequence) lines.push(shellLine(command), 'end_of_step $?');
    lines.push(`bash ${shellQuote(join(folder, 'end'))}`, 'end_of_step $?');
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const read = (): StepOutput[][] => {
    const outputs = splitOutput(readFileSync(`${file}.1`, 'latin1'), readFileSync(`${file}.2`, 'latin1'));
    return sequences.map((sequence) => outputs.splice(0, sequence.length + 1));
  };
  const inside = `exec bash ${shellQuote(file)}`;
  return { script: isolated(inside, `>${file}.1 2>${file}.2`), read };
}

/** A side that runs all commands in one process. */
function residentSide(folder: string, bundle: string): Side {
  const file = join(folder, 'ours');
  const words = [bundle, join(folder, 'sequences'), file, join(folder, 'end')].map(shellQuote).join(' ');
  const inside = [...prepare, `exec ${shellQuote(process.execPath)} ${words}`].join('\n');
  const read = (): StepOutput[][] => JSON.parse(readFileSync(file, 'utf8')) as StepOutput[][];
  return { script: isolated(inside, ''), read };
}

function isolated(inside: string, redirection: string): string {
  return `unshare --net bash -c ${shellQuote(inside)} </dev/null ${redirection} || exit`;
}

const helpers = join(projectRoot, 'test/conformance/helpers.sh');

/**
 * Sync daemons need an interface. The first service is there because newer kernels print another size of the table of
 * connections before a namespace's first one, and a restore with a mistake adds it on the side of the reference only.
 */
const prepare = [
  'export LC_ALL=C',
  'ip link set lo up',
  'ip link add eth0 type dummy && ip link set eth0 up multicast on && ip addr add 10.9.0.1/24 dev eth0',
  '/usr/sbin/ipvsadm -A -t 10.0.0.1:80 && /usr/sbin/ipvsadm -C',
];

/** Prints the kernel's table, and then makes everything as it was at the start. */
function endOfSequence(): string {
  return [
    `. ${shellQuote(helpers)}`,
    'print_table | sort',
    '/usr/sbin/ipvsadm -C',
    '/usr/sbin/ipvsadm --stop-daemon master 2>/dev/null',
    '/usr/sbin/ipvsadm --stop-daemon backup 2>/dev/null',
    '/usr/sbin/ipvsadm --set 900 120 300',
    '',
  ].join('\n');
}

function compareSequence(
  sequence: FuzzSequence,
  reference: readonly StepOutput[],
  ours: readonly StepOutput[],
): SequenceOutcome {
  for (const [step, command] of [...sequence, { words: [] }].entries()) {
    const one = reference[step];
    const other = ours[step];
    const verdict = one && other ? compareOutputs(command, one, other) : 'different';
    const compared = Math.min(step + 1, sequence.length);
    if (verdict === 'ended') return { sequence, compared };
    if (verdict === 'different') {
      return { sequence, compared, difference: { step, reference: one, ours: other } };
    }
  }
  return { sequence, compared: sequence.length };
}

/** What a side printed at a difference, for people. */
export function describeDifference({ reference, ours }: Difference): string {
  const show = ({ stdout, stderr, status }: StepOutput): string => JSON.stringify({ stdout, stderr, status });
  return [
    `# reference: ${show(reference ?? noDescriptor)}`,
    `# ours:      ${show(ours ?? noDescriptor)}`,
  ].join('\n');
}
