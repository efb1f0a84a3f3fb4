import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programsUnderTest } from '../conformance/script.ts';
import { runInLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

const folder = join(projectRoot, 'test/convert');
const files = readdirSync(join(folder, 'configurations')).filter((name) => name.endsWith('.conf'));

test('keepalived puts into the kernel what its configurations are converted to, and what they are converted back to', async () => {
  const { stdout, stderr } = await runInLab(
    `programs=${shellQuote(programsUnderTest())}
. ${shellQuote(join(folder, 'compare.sh'))}
for name in ${files.join(' ')}; do
  compare ${shellQuote(join(folder, 'configurations'))}/$name >/run/$name.out 2>&1 &
done
wait
for name in ${files.join(' ')}; do echo "== $name"; cat /run/$name.out; done`,
    { timeoutMs: 900_000 },
  );
  expect(stderr).toBe('');
  await expect(stdout).toMatchFileSnapshot(join(folder, 'expected.txt'));
});
