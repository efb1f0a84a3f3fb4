import { join } from 'node:path';
import { expect } from 'vitest';
import { everyProgramUnderTest, type Programs } from '../conformance/script.ts';
import type { Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

type Namespace = 'director' | 's1' | 's2';

/** Something that is wrong with a set-up that works. */
export interface Scenario {
  readonly title: string;
  /** A function of topology.sh that makes the set-up. */
  readonly setUp: 'nat' | 'nat6' | 'direct' | 'tunnel';
  /** What breaks it, in bash with the functions of topology.sh. */
  readonly broken: string;
  /** What the doctor finds: once where a word stands alone. */
  readonly found: readonly string[];
  /** The namespace in which the doctor looks; the director's if not given. */
  readonly patient?: Namespace;
  /** What a client sees before and after; where nothing can be seen from there it is left out. */
  readonly seen?: { readonly by: string; readonly before: string; readonly after: string };
  /** What has to happen before the doctor can see that all is well again. */
  readonly recovery?: string;
}

interface Finding {
  readonly id: string;
  readonly trouble: string;
  readonly evidence: readonly string[];
  readonly remedy: { readonly command: string; readonly host?: string };
}

const [firstPrograms = '', ...otherPrograms] = everyProgramUnderTest();

function preludeOf(programs: Programs): string {
  return `export PATH=${programs}:$PATH\n. ${join(projectRoot, 'test/doctor/topology.sh')}\n`;
}

/** The machines by the addresses that the doctor calls them by. */
const hosts: ReadonlyMap<string, Namespace> = new Map([
  ['10.2.0.11', 's1'],
  ['10.2.0.12', 's2'],
]);

/** Runs a script in the guest with the functions of topology.sh. Fails when it says anything on standard error. */
export async function run(
  lab: Lab,
  script: string,
  programs = firstPrograms,
): Promise<{ status: number; stdout: string }> {
  const { status, stdout, stderr } = await lab.run(preludeOf(programs) + script);
  expect(stderr, script).toBe('');
  return { status, stdout };
}

/** Packets that were sent into the void are sent again while the programs look one after another. */
function withoutCounts(findings: string): string {
  return findings.replace(/was sent \d+ packets/g, 'was sent N packets');
}

/** What the doctor of every program finds in a namespace, and its exit status. */
export async function examine(
  lab: Lab,
  namespace: Namespace,
): Promise<{ status: number; findings: Finding[] }> {
  const options = namespace === 'director' ? '' : ' --real-server 10.1.0.100';
  const script = `ip netns exec ${namespace} ipvsadm doctor --json${options}`;
  const { status, stdout } = await run(lab, script);
  for (const programs of otherPrograms) {
    const other = await run(lab, script, programs);
    expect({ ...other, stdout: withoutCounts(other.stdout) }).toEqual({
      status,
      stdout: withoutCounts(stdout),
    });
  }
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  return { status, findings };
}

/**
 * Builds the scenario, has the doctor find what is broken, runs the very commands that it gives, and has it find
 * nothing then.
 */
export async function heal(lab: Lab, scenario: Scenario): Promise<void> {
  const { setUp, broken, found, patient = 'director', seen, recovery } = scenario;
  try {
    await run(lab, `topology\n${setUp}`);
    await run(lab, broken);
    if (seen !== undefined) expect((await run(lab, seen.by)).stdout).toBe(seen.before);
    const sick = await examine(lab, patient);
    expect(sick.findings.map(({ id }) => id)).toEqual(found);
    expect(sick.status).toBe(1);
    for (const { trouble, evidence, remedy } of sick.findings) {
      expect(trouble).not.toBe('');
      expect(evidence.length).toBeGreaterThan(0);
      const where = remedy.host === undefined ? patient : hosts.get(remedy.host);
      if (where === undefined) throw new Error(`${remedy.host ?? ''} is no machine here`);
      const { status } = await run(lab, `ip netns exec ${where} bash <<'END'\n${remedy.command}\nEND`);
      expect(status, remedy.command).toBe(0);
    }
    if (recovery !== undefined) await run(lab, recovery);
    if (seen !== undefined) expect((await run(lab, `${seen.by}; counted`)).stdout).toBe(seen.after);
    expect(await examine(lab, patient)).toEqual({ status: 0, findings: [] });
  } finally {
    await lab.run(`${preludeOf(firstPrograms)}destroy`);
  }
}

/** Two requests that nobody answers before, and both servers after. */
export const unreachable = { by: 'fetch', before: '', after: 'hello\nhello\n' } as const;

/** The same of which every second one is answered. */
export const halfReachable = { by: 'fetch', before: 'hello\n', after: 'hello\nhello\n' } as const;
