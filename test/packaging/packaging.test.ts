import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

/** Output of a program of this machine; what it says on standard error is shown where it fails. */
function output(
  program: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(program, args, {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings },
  });
}

function buildPackage(revision: string): string {
  return output('npm', ['run', '-s', 'package:deb'], { DEBIAN_REVISION: revision }).trim();
}

test('the Debian package takes the place of the original, is used, upgraded and removed', async () => {
  const debian = mkdtempSync(join(tmpdir(), 'ipvsadm-debian-'));
  try {
    const [older, newer] = [buildPackage('1'), buildPackage('2')];
    expect(
      output('lintian', ['--allow-root', '--fail-on', 'none', '--tag-display-limit', '0', newer]),
    ).not.toMatch(/^E:/m);
    output('debootstrap', ['--variant=minbase', '--include=ipvsadm', 'bookworm', debian]);
    const { stdout, stderr } = await runInLab(
      `DEBIAN=${shellQuote(debian)} OLD=${shellQuote(older)} NEW=${shellQuote(newer)}
. ${shellQuote(join(projectRoot, 'test/packaging/install.sh'))}`,
      { timeoutMs: 600_000 },
    );
    expect(stderr).toBe('');
    await expect(stdout).toMatchFileSnapshot(join(projectRoot, 'test/packaging/install.txt'));
  } finally {
    rmSync(debian, { recursive: true, force: true });
  }
});

test('npm installs three commands and their man pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-npm-'));
  try {
    const archive = output('npm', ['pack', '--silent', '--pack-destination', folder]).trim();
    output('npm', ['install', '--global', '--silent', '--prefix', folder, join(folder, archive)]);
    for (const name of ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore']) {
      expect(output('ls', [join(folder, 'bin', name)])).toContain(name);
      expect(output('ls', [join(folder, 'share/man/man8', `${name}.8`)])).toContain(name);
    }
    expect(output(join(folder, 'bin/ipvsadm'), ['--version'])).toMatch(/^ipvsadm v/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the tarball agrees with its checksum', () => {
  output('npm', ['run', '-s', 'package:tarball']);
  const folder = join(projectRoot, 'dist/package');
  expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })).toMatch(
    /: OK\n$/,
  );
});
