import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, isInstalled, projectRoot, run } from './run.mjs';

/** Installs the Debian packages that the lab needs and that are missing, or says which they are. */
export function installPackages() {
  const packages = JSON.parse(readFileSync(join(projectRoot, 'test/lab/packages.json'), 'utf8'));
  if (!isInstalled('dpkg-query')) {
    console.log(`setup: no Debian here; the lab needs what these packages contain: ${packages.join(' ')}`);
    return;
  }
  const missing = packages.filter((name) => !isPackageInstalled(name));
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (!canInstall()) {
    console.log(
      `setup: the lab needs more packages; as root: apt-get update && apt-get ${install.join(' ')}`,
    );
    return;
  }
  console.log(`setup: apt-get ${install.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update'], { env });
  run('apt-get', install, { env });
}

function isPackageInstalled(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return query.stdout.trim() === 'installed';
}
