import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, run } from './run.mjs';

/** Installs the npm packages of the lock file, unless they are there and as new as it. */
export function installDependencies() {
  const lock = join(projectRoot, 'package-lock.json');
  const installed = join(projectRoot, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('setup: npm ci');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: projectRoot });
}
