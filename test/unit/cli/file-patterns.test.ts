import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findFiles } from '../../../src/cli/file-patterns.ts';

test.each([
  ['[ab].conf', ['a.conf', 'b.conf']],
  ['[!a].conf', ['b.conf']],
  ['{b,a}.conf', ['b.conf', 'a.conf']],
  // From a later character to an earlier one: no name, and no trouble.
  ['[b-a].conf', []],
])('the files that %s means', (pattern, names) => {
  const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  try {
    for (const name of ['a.conf', 'b.conf', '.c.conf']) writeFileSync(join(folder, name), '');
    expect(findFiles(join(folder, pattern))).toEqual(names.map((name) => join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
