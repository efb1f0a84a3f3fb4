import { basename } from 'node:path';
import type { ProgramKind } from './cli/run.js';
import { run } from './main.js';

/** The programs that the one executable is by another name. */
const otherPrograms: readonly ProgramKind[] = ['ipvsadm-save', 'ipvsadm-restore'];

const name = process.argv0;
run(otherPrograms.find((kind) => kind === basename(name)) ?? 'ipvsadm', name);
