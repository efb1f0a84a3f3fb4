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
