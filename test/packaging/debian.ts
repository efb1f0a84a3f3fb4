import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../lab/kernel.ts';

/** What a director of Debian has beyond the least. */
const packages = ['ipvsadm', 'systemd', 'kmod'];

/**
 * Unpacks a small Debian with systemd and ipvsadm 1.31 into a folder of its own and gives that. It is downloaded once
 * and kept; ipvsadm's package is in apt's cache there.
 */
export function unpackDebian(): string {
  const archive = join(cacheFolder(), 'debian-bookworm.tar');
  if (!existsSync(archive)) downloadDebian(archive);
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-debian-'));
  run('tar', ['--numeric-owner', '-xf', archive, '-C', folder]);
  return folder;
}

function downloadDebian(archive: string): void {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-debian-'));
  const part = `${archive}.${process.pid}`;
  try {
    run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', folder]);
    // Without a message bus the one could not start, without a terminal the other.
    run('chroot', [folder, 'systemctl', 'mask', '--quiet', 'systemd-logind', 'console-getty']);
    run('chroot', [folder, 'apt-get', 'clean']);
    run('chroot', [folder, 'apt-get', 'install', '--reinstall', '--download-only', '-qq', 'ipvsadm']);
    run('tar', ['--numeric-owner', '-cf', part, '-C', folder, '.']);
    renameSync(part, archive);
  } finally {
    rmSync(part, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
}
