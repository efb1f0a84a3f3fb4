import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The checkout's top folder. */
export const projectRoot = join(import.meta.dirname, '../..');

/**
 * Runs a command and throws with what it printed when it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {string} its standard output
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    const output = `${result.stdout}${result.stderr}`.trim();
    throw new Error(`${command} ${args.join(' ')}: status ${result.status}\n${output}`);
  }
  return result.stdout;
}

/**
 * Whether a command can be found.
 *
 * @param {string} command
 * @returns {boolean}
 */
export function isInstalled(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
}

/** Whether Debian packages can be installed here. */
export function canInstall() {
  return process.getuid?.() === 0 && isInstalled('apt-get');
}
