import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
let tree = '';

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'fences-'));
  for (const kept of ['tsconfig.json', 'package.json', '.config', 'src']) {
    cpSync(join(root, kept), join(tree, kept), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});

afterEach(() => {
  rmSync(tree, { recursive: true, force: true });
});

// A check of imports that silently looks at nothing would pass for ever.
it('the import check fails for an import against its direction and for a fenced package', () => {
  mkdirSync(join(tree, 'src/netlink/planted'));
  writeFileSync(
    join(tree, 'src/netlink/planted/violation.ts'),
    "import { AddressFamily } from '../../ipvs/address.js';\nimport { Command } from 'commander';\nexport const both = [AddressFamily, Command];\n",
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.config/dependency-cruiser.cjs',
      'src/netlink/planted',
    ],
    { cwd: tree, encoding: 'utf8' },
  );
  expect(stdout).toContain('netlink-imports-down');
  expect(stdout).toContain('commander-has-one-place');
  expect(status).not.toBe(0);
});
