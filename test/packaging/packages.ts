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

/**
 * Builds the packages of a kind into a folder as the script `package:KIND` does, and gives the files that it names.
 * The programs are those that are there.
 */
export function buildPackages(
  kind: 'deb' | 'rpm' | 'tarball',
  folder: string,
  {
    processors = ['x64'],
    revision = '1',
    compression = 'none',
  }: { processors?: readonly string[]; revision?: string; compression?: 'xz' | 'none' } = {},
): readonly string[] {
  const printed = output(process.execPath, [`.config/build/${kind}.mjs`, ...processors], {
    DEBIAN_REVISION: revision,
    PACKAGE_FOLDER: folder,
    PACKAGE_COMPRESSION: compression,
  });
  return printed
    .trim()
    .split('\n')
    .filter((line) => line.startsWith(`${folder}/`));
}
