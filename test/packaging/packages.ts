import { execFileSync } from 'node:child_process';
import { projectRoot } from '../lab/project.ts';

/** Output of a program of this machine; what it says on standard error is shown where it fails. */
export function output(
  program: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(program, args, {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings },
    maxBuffer: 1 << 26,
  });
}

/** Builds the packages of a kind as the script `package:KIND` does, and gives the lines that it prints. */
export function buildPackages(
  kind: 'deb' | 'rpm' | 'tarball',
  { processors = ['x64'], revision = '1' }: { processors?: readonly string[]; revision?: string } = {},
): readonly string[] {
  const printed = output('npm', ['run', '-s', `package:${kind}`, '--', ...processors], {
    DEBIAN_REVISION: revision,
  });
  return printed
    .trim()
    .split('\n')
    .filter((line) => line.includes('/package/'));
}
