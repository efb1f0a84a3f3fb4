import type { ProgramKind } from './cli/run.js';
import { run } from './main.js';

/** The programs that the one executable is by another name. */
const otherPrograms: readonly ProgramKind[] = ['ipvsadm-save', 'ipvsadm-restore'];
/** As many links as the kernel follows. */
const mostLinks = 40;

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function programCalled(name: string): ProgramKind {
  return otherPrograms.find((kind) => kind === lastPart(name)) ?? 'ipvsadm';
}

/** Which program a name of one's own stands for: a link to `ipvsadm-save`, whatever it is called, is that. */
function programBehind(name: string): ProgramKind {
  const paths = process.getBuiltinModule('node:path');
  const folders = (process.env['PATH'] ?? '').split(paths.delimiter);
  const starts = name.includes('/') ? [name] : folders.map((folder) => paths.join(folder, name));
  for (const start of starts) {
    let path = start;
    for (let links = 0; links < mostLinks && programCalled(path) === 'ipvsadm'; links += 1) {
      const target = linkTarget(path);
      if (target === undefined) break;
      path = paths.resolve(paths.dirname(path), target);
    }
    if (path !== start) return programCalled(path);
  }
  return 'ipvsadm';
}

function linkTarget(path: string): string | undefined {
  try {
    return process.getBuiltinModule('node:fs').readlinkSync(path);
  } catch {
    return undefined;
  }
}

const name = process.argv0;
const called = programCalled(name);
run(called === 'ipvsadm' && lastPart(name) !== called ? programBehind(name) : called, name);
