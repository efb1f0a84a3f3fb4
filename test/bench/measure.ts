import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellQuote, type Lab } from '../lab/lab.ts';
import { folders, type Ipvsadm, type ProgramName } from './programs.ts';

/** What one program needed, one value a run. */
export interface Sample {
  readonly seconds: readonly number[];
  /** Peak memory in KiB. */
  readonly peaks: readonly number[];
}

export type Samples = Partial<Record<ProgramName, Sample>>;

/** Work to be timed in the guest, in the network namespace `bench`. */
export interface Work {
  /** Commands before all runs, and before each one; not timed. */
  readonly prepare?: string | undefined;
  readonly beforeEach?: string | undefined;
  /** The command line of each program; words for a shell, redirections allowed at the end. */
  readonly commands: Partial<Record<ProgramName, string>>;
  readonly rounds: number;
  readonly timeoutMs?: number;
}

const prelude = `
fresh() {
  ip netns del bench 2>/dev/null && sleep 0.5
  ip netns add bench && ip netns exec bench ip link set lo up
}
inside() { ip netns exec bench "$@"; }
`;

let works = 0;

/** Runs the programs in turn, so many rounds, and returns what each needed. Throws when a run fails. */
export async function measure(lab: Lab, floor: string, work: Work): Promise<Samples> {
  works += 1;
  const record = (name: string): string => join(lab.directory, `bench-${works}-${name}`);
  const runs = Object.entries(work.commands).map(
    ([name, command]) =>
      `${work.beforeEach ?? ''}\nip netns exec bench ${floor} time ${shellQuote(record(name))} ${command} || exit\n`,
  );
  const script = [
    prelude,
    work.prepare ?? '',
    `for round in $(seq ${work.rounds}); do\n${runs.join('')}done`,
    'true',
  ].join('\n');
  const { status, stderr } = await lab.run(script, { timeoutMs: work.timeoutMs ?? 900_000 });
  if (status !== 0) throw new Error(`The measurement ended with ${status}: ${stderr.slice(0, 2000)}`);
  const names = Object.keys(work.commands) as ProgramName[];
  return Object.fromEntries(names.map((name) => [name, readSample(record(name))]));
}

/** Reads what `floor time` recorded. */
export function readSample(file: string): Sample {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const rows = lines.map((line) => line.split(' ').map(Number));
  return { seconds: rows.map(([seconds = NaN]) => seconds), peaks: rows.map(([, peak = NaN]) => peak) };
}

/** The same arguments for every ipvsadm. */
export function forEvery(
  programs: readonly Ipvsadm[],
  command: (folder: string) => string,
): Partial<Record<Ipvsadm, string>> {
  return Object.fromEntries(programs.map((name) => [name, command(folders[name])]));
}
