import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { unpackDebian } from './debian.ts';
import { buildPackages } from './packages.ts';

/** The commands of docs/migrating.md below a heading. */
function blocksUnder(heading: string): readonly string[] {
  const text = readFileSync(join(projectRoot, 'docs/migrating.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(({ 1: block = '' }) =>
    block.replace(/^ +/gm, ''),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-migrating-'));
let debian = '';

beforeAll(() => {
  buildPackages('deb', folder);
  debian = unpackDebian();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(debian, { recursive: true, force: true });
});

test('the steps of docs/migrating.md replace the original under traffic, and bring it back', async () => {
  const [save = '', install = '', compare = '', ...more] = blocksUnder('In three steps');
  expect(more).toEqual([]);
  const [back = ''] = blocksUnder('Going back');
  mkdirSync(join(folder, 'steps'));
  for (const [name, block] of Object.entries({ save, install, compare, back })) {
    expect(block).not.toBe('');
    writeFileSync(join(folder, 'steps', name), `set -e -o pipefail\n${block}`);
  }
  const { stdout, stderr } = await runInLab(
    `DEBIAN=${shellQuote(debian)} PACKAGES=${shellQuote(folder)}
. ${shellQuote(join(projectRoot, 'test/packaging/machine.sh'))}
. ${shellQuote(join(projectRoot, 'test/demo/network.sh'))}
. ${shellQuote(join(projectRoot, 'test/packaging/migrating.sh'))}`,
    { timeoutMs: 600_000 },
  );
  expect(stderr, stdout).toBe('');
  const [, requests = '', failures = ''] = /^requests: (\d+), failed: (\d+)$/m.exec(stdout) ?? [];
  expect(Number(requests)).toBeGreaterThan(20);
  expect(failures).toBe('0');
  expect(stdout.replace(/^requests.*\n/m, '')).toBe(`== the original
ipvsadm
-A -t 203.0.113.10:80 -s rr
-a -t 203.0.113.10:80 -r 10.0.2.51:80 -m -w 1
-a -t 203.0.113.10:80 -r 10.0.2.52:80 -m -w 1
== save
== install
ipvsadm-ts
AUTO="true"
== compare
== back
ipvsadm
AUTO="true"
== the table, as it was
-A -t 203.0.113.10:80 -s rr
-a -t 203.0.113.10:80 -r 10.0.2.51:80 -m -w 1
-a -t 203.0.113.10:80 -r 10.0.2.52:80 -m -w 1
all are counted
`);
});
