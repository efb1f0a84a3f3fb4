import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mirrorForSuite } from './apt-sources.mjs';
import { canInstall, isInstalled, run } from './run.mjs';

const suite = 'bookworm';
/** What a director has beyond the least. */
const packages = ['ipvsadm', 'systemd', 'kmod'];
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ipvsadm-lab');
const archive = join(cache, `debian-${suite}.tar`);
const attempts = 3;
const attemptMs = 1_200_000;

/**
 * Downloads a small Debian with systemd and ipvsadm 1.31, which packages are installed on, into an archive. It comes
 * from where this machine's own packages come from.
 */
export function fetchDebian() {
  if (existsSync(archive)) return;
  if (!canInstall() || !isInstalled('debootstrap')) {
    console.log('setup: the tests of packages need a Debian to install them on: as root, with debootstrap');
    return;
  }
  mkdirSync(cache, { recursive: true });
  for (let attempt = 1; attempt <= attempts && !existsSync(archive); attempt++) {
    console.log(`setup: downloading a small Debian into ${archive}`);
    try {
      download();
    } catch (error) {
      console.log(`setup: no Debian (${attempt} of ${attempts} attempts): ${error.message}`);
    }
  }
}

function download() {
  const folder = mkdtempSync(join(cache, 'debian-'));
  const part = `${archive}.${process.pid}`;
  const options = {
    timeout: attemptMs,
    env: { ...proxies(), ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  try {
    const mirror = mirrorForSuite(ownSuite(), suite);
    const included = `--include=${packages.join(',')}`;
    run('debootstrap', ['--variant=minbase', included, suite, folder, ...mirror], options);
    // Without a message bus the one could not start, without a terminal the other.
    run('chroot', [folder, 'systemctl', 'mask', '--quiet', 'systemd-logind', 'console-getty'], options);
    run('chroot', [folder, 'apt-get', 'clean'], options);
    const again = ['install', '--reinstall', '--download-only', '-qq', 'ipvsadm'];
    run('chroot', [folder, 'apt-get', '-o', 'Acquire::Retries=3', ...again], options);
    run('tar', ['--numeric-owner', '-cf', part, '-C', folder, '.'], options);
    renameSync(part, archive);
  } finally {
    rmSync(part, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownSuite() {
  return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
}

/** The proxies that apt uses, for debootstrap, which downloads by itself. */
function proxies() {
  const ask = 'apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy';
  const lines = run('sh', ['-c', ask]).matchAll(/^(\w+)='(.+)'$/gm);
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
}
