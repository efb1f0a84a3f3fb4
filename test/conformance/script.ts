import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compileConnections } from '../lab/connections.ts';
import { shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import type { ConformanceCase, StepOutput } from './case.ts';

/** A folder with `ipvsadm`, `ipvsadm-save` and `ipvsadm-restore`. */
export type Programs = string;

/** Debian's own. */
export const referencePrograms: Programs = '/usr/sbin';

/** The program under test: the folder named by `IPVSADM_PROGRAMS`, else the checkout's for Node. */
export function programsUnderTest(): Programs {
  const named = process.env['IPVSADM_PROGRAMS'] ?? '';
  return named === '' ? join(projectRoot, 'bin') : named;
}

/** The folder named by `IPVSADM_PROGRAMS`, else the checkout's for Node and the one of the stand-alone executable. */
export function everyProgramUnderTest(): readonly Programs[] {
  const isNamed = (process.env['IPVSADM_PROGRAMS'] ?? '') !== '';
  return isNamed ? [programsUnderTest()] : [programsUnderTest(), standalonePrograms];
}

/** {@link everyProgramUnderTest} with names for `describe.each`. */
export function namedPrograms(): readonly { readonly name: string; readonly programs: Programs }[] {
  return everyProgramUnderTest().map((programs) => ({ name: basename(programs), programs }));
}

/** The stand-alone executable by its three names, as `npm run build:standalone` leaves it. */
export const standalonePrograms: Programs = join(projectRoot, 'dist/standalone');

/** Marks the end of a step in both streams; on standard output the step's status follows. */
const separator = '\u001e';

/**
 * The script that runs one side of a case. It is to be run in namespaces of its own (network, processes, mounts).
 * After the last step comes the kernel's table as the reference prints it.
 */
export function sideScript(testCase: ConformanceCase, programs: Programs): string {
  if (!existsSync(join(programs, 'ipvsadm'))) {
    throw new Error(`${programs}/ipvsadm is not there: run npm run build and npm run build:standalone`);
  }
  const path = [programs, dirname(process.execPath), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  const lines = [
    `export PATH=${shellQuote(path)} LC_ALL=C`,
    `. ${shellQuote(join(projectRoot, 'test/conformance/helpers.sh'))}`,
    `connections() { ${shellQuote(compileConnections())} "$@" >/dev/null; }`,
  ];
  for (const step of testCase.steps) lines.push(step.command, 'end_of_step $?');
  return [...lines, testCase.isTableSorted ? 'print_table | sort' : 'print_table', 'end_of_step $?', ''].join(
    '\n',
  );
}

/** Takes the two streams of a side's script apart: one output for each step, and one for the table. */
export function splitOutput(stdout: string, stderr: string): StepOutput[] {
  const out = stdout.split(separator);
  const errors = stderr.split(separator);
  const outputs: StepOutput[] = [];
  for (let index = 0; index + 1 < out.length; index += 2) {
    const step = index / 2;
    outputs.push({ stdout: out[index] ?? '', stderr: errors[step] ?? '', status: Number(out[index + 1]) });
  }
  return outputs;
}
