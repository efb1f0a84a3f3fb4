import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../lab/kernel.ts';

/**
 * Unpacks the small Debian with systemd and ipvsadm 1.31 that `test/setup.mjs` downloaded into a folder of its own and
 * gives that. ipvsadm's package is in apt's cache there.
 */
export function unpackDebian(): string {
  const archive = join(cacheFolder(), 'debian-bookworm.tar');
  if (!existsSync(archive)) throw new Error(`${archive} is not there: run \`node test/setup.mjs\` as root`);
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-debian-'));
  execFileSync('tar', ['--numeric-owner', '-xf', archive, '-C', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return folder;
}
