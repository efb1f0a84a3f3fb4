import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { unpackDebian } from './debian.ts';
import { buildPackages, output } from './packages.ts';

/** Calls with a folder that is removed at the end. */
function withFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-packages-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const packages = mkdtempSync(join(tmpdir(), 'ipvsadm-packages-'));
let amd64 = '';
let arm64 = '';
let newer = '';

beforeAll(() => {
  [newer = ''] = buildPackages('deb', packages, { revision: '2' });
  [arm64 = ''] = buildPackages('deb', packages, { processors: ['arm64'] });
  [amd64 = ''] = buildPackages('deb', packages, { compression: 'xz' });
});

afterAll(() => {
  rmSync(packages, { recursive: true, force: true });
});

test('the Debian package takes the place of the original, is used, upgraded and removed', async () => {
  const debian = unpackDebian();
  try {
    const { stdout, stderr } = await runInLab(
      `DEBIAN=${shellQuote(debian)} PACKAGES=${shellQuote(dirname(amd64))}
OLD=${shellQuote(basename(amd64))} NEW=${shellQuote(basename(newer))}
. ${shellQuote(join(projectRoot, 'test/packaging/machine.sh'))}
. ${shellQuote(join(projectRoot, 'test/packaging/install.sh'))}`,
      { timeoutMs: 600_000 },
    );
    // Where it fails, what was printed before tells where.
    expect(stderr, stdout).toBe('');
    await expect(stdout).toMatchFileSnapshot(join(projectRoot, 'test/packaging/install.txt'));
  } finally {
    rmSync(debian, { recursive: true, force: true });
  }
});

test('lintian has no error for the Debian package', () => {
  const options = ['--allow-root', '--fail-on', 'none', '--tag-display-limit', '0'];
  const tags = output('lintian', [...options, amd64]);
  expect(tags).not.toMatch(/^E:/m);
});

test('the Debian package for arm64 has the same files as that for amd64, with a program for that processor', () => {
  const filesOf = (file: string): readonly string[] =>
    output('dpkg-deb', ['--contents', file])
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/).slice(5).join(' '));
  expect(filesOf(arm64)).toContain('./usr/sbin/ipvsadm -> ../libexec/ipvsadm-ts/ipvsadm');
  expect(filesOf(arm64)).toEqual(filesOf(amd64));
  expect(output('dpkg-deb', ['--field', arm64, 'Architecture'])).toBe('arm64\n');
  withFolder((folder) => {
    output('dpkg-deb', ['--extract', arm64, folder]);
    // The machine of an ELF file stands in two bytes at 18: 183 is AArch64.
    const program = readFileSync(join(folder, 'usr/libexec/ipvsadm-ts/ipvsadm'));
    expect(program.readUInt16LE(18)).toBe(183);
  });
});

test('the RPM packages can be installed, and say what they take the place of', () => {
  const files = buildPackages('rpm', packages, { processors: ['x64', 'arm64'] });
  const [x64 = '', aarch64 = ''] = files;
  expect(files).toHaveLength(2);
  const query = (file: string, format: string): string =>
    output('rpm', ['-qp', '--queryformat', format, file]);
  expect(query(x64, '%{NAME} %{ARCH} %{OS}')).toBe('ipvsadm-ts x86_64 linux');
  expect(query(aarch64, '%{NAME} %{ARCH} %{OS}')).toBe('ipvsadm-ts aarch64 linux');
  expect(query(x64, '[%{CONFLICTNAME} ]')).toBe('ipvsadm ');
  expect(output('rpm', ['-qp', '--provides', x64])).toContain('ipvsadm = 1.31');
  expect(output('rpm', ['-qlp', aarch64])).toBe(output('rpm', ['-qlp', x64]));
  withFolder((folder) => {
    output('rpm', ['--root', folder, '--nodeps', '--install', x64]);
    expect(output(join(folder, 'usr/sbin/ipvsadm'), ['-v'])).toMatch(/^ipvsadm v1\.31 /);
    expect(output(join(folder, 'usr/sbin/ipvsadm-save'), ['--help'])).toContain('ipvsadm-save');
    expect(output('rpm', ['--root', folder, '--verify', '--nodeps', 'ipvsadm-ts'])).toBe('');
  });
});

test('npm installs three commands and their man pages', () => {
  withFolder((folder) => {
    const archive = output('npm', ['pack', '--silent', '--pack-destination', folder]).trim();
    output('npm', ['install', '--global', '--silent', '--prefix', folder, join(folder, archive)]);
    for (const name of ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore']) {
      expect(output(join(folder, 'bin', name), ['--help'])).toContain(name);
      const page = output('man', ['--manpath', join(folder, 'share/man'), '8', name], { MANPAGER: 'cat' });
      expect(page).toMatch(new RegExp(`^${name.toUpperCase()}\\(8\\)`));
    }
    expect(output(join(folder, 'bin/ipvsadm'), ['-v'])).toMatch(/^ipvsadm v1\.31 /);
  });
});

test('the tarballs agree with their checksums and have a program that runs where it is unpacked', () => {
  const files = buildPackages('tarball', packages, { processors: ['x64', 'arm64'] });
  const checksums = files.at(-1) ?? '';
  expect(basename(checksums)).toBe('SHA256SUMS');
  const [archive = '', ...others] = files.slice(0, -1);
  expect(others).toHaveLength(1);
  withFolder((folder) => {
    output('cp', [archive, ...others, checksums, folder]);
    const check = `cd ${shellQuote(folder)} && sha256sum --check --ignore-missing SHA256SUMS`;
    expect(output('sh', ['-c', check]).match(/: OK$/gm)).toHaveLength(2);
    output('sh', ['-c', `printf x >>${shellQuote(join(folder, basename(archive)))}`]);
    expect(() => output('sh', ['-c', check])).toThrow();
    output('tar', ['-xzf', archive, '-C', folder]);
    const programs = join(folder, basename(archive, '.tar.gz'), 'sbin');
    expect(output(join(programs, 'ipvsadm'), ['-v'])).toMatch(/^ipvsadm v1\.31 /);
    expect(output(join(programs, 'ipvsadm-save'), ['--help'])).toContain('ipvsadm-save');
  });
});
