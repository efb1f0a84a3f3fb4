import { readlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { ProgramKind } from './cli/run.js';
import { run } from './main.js';

/** The programs that the one executable is by another name. */
const otherPrograms: readonly ProgramKind[] = ['ipvsadm-save', 'ipvsadm-restore'];
/** As many links as the kernel follows. */
const mostLinks = 40;

function programCalled(name: string): ProgramKind {
  return otherPrograms.find((kind) => kind === basename(name)) ?? 'ipvsadm';
}

/** Which program a name of one's own stands for: a link to `ipvsadm-save`, whatever it is called, is that. */
function programBehind(name: string): ProgramKind {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const starts = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
  for (const start of starts) {
    let path = start;
    for (let links = 0; links < mostLinks && programCalled(path) === 'ipvsadm'; links += 1) {
      const target = linkTarget(path);
      if (target === undefined) break;
      path = resolve(dirname(path), target);
    }
    if (path !== start) return programCalled(path);
  }
  return 'ipvsadm';
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const name = process.argv0;
const called = programCalled(name);
run(called === 'ipvsadm' && basename(name) !== called ? programBehind(name) : called, name);
