import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lab/project.ts';

export const programNames = ['reference', 'node', 'standalone', 'floor'] as const;
export type ProgramName = (typeof programNames)[number];

/** The programs that understand ipvsadm's command line, by the folder they are in. */
export const folders = {
  reference: '/usr/sbin',
  node: join(projectRoot, 'bin'),
  standalone: join(projectRoot, 'dist/standalone'),
} as const;
export type Ipvsadm = keyof typeof folders;
export const everyIpvsadm: readonly Ipvsadm[] = ['reference', 'node', 'standalone'];

/** Compiles the floor program, and returns its path, which is the same in the guest. */
export function compileFloor(): string {
  const folder = join(projectRoot, 'node_modules/.cache/ipvsadm');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'floor');
  execFileSync('/usr/bin/gcc', ['-O2', '-Wall', '-o', program, join(projectRoot, 'test/bench/floor.c')]);
  return program;
}
