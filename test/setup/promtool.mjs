import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, isInstalled, projectRoot, run } from './run.mjs';

const folder = join(projectRoot, 'node_modules/.cache/ipvsadm');

/** Where promtool is when it is not installed. */
export const fetchedPromtool = join(folder, 'promtool');

/**
 * Fetches promtool, which checks metrics as Prometheus reads them, out of Debian's package `prometheus`, which is not
 * installed: it would start a server.
 */
export function fetchPromtool() {
  if (isInstalled('promtool') || existsSync(fetchedPromtool)) return;
  if (!canInstall() || !isInstalled('dpkg')) {
    console.log('setup: the test of metrics needs promtool, of the package prometheus');
    return;
  }
  console.log(`setup: fetching promtool into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetch-'));
  try {
    run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'prometheus'], { cwd: work });
    for (const name of readdirSync(work)) run('dpkg', ['-x', join(work, name), work]);
    renameSync(join(work, 'usr/bin/promtool'), fetchedPromtool);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
