import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../lab/project.ts';
import { standalonePrograms } from './script.ts';

/** Runs a program from a folder that is there no more. */
function runFromRemovedFolder(programs: string, option: string): { status: number | null; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'removed-'));
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3"';
  const { status, stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', script, 'sh', folder, join(programs, 'ipvsadm'), option],
    { encoding: 'utf8' },
  );
  return { status, text: stdout + stderr };
}

test('the program for Node runs in a removed folder', () => {
  const { status, text } = runFromRemovedFolder(join(projectRoot, 'bin'), '-v');
  expect(text).toMatch(/^ipvsadm v/);
  expect(status).toBe(0);
});

test('the stand-alone program says why it does not start in a removed folder', () => {
  const { status, text } = runFromRemovedFolder(standalonePrograms, '-v');
  expect(text).toContain('The current working directory was deleted');
  expect(status).toBe(1);
});
