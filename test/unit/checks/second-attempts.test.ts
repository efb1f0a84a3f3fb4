import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lab/project.ts';

const cache = join(projectRoot, 'node_modules/.cache/ipvsadm');

/** What a run with one test file prints, from the reporter's words on. */
function run(tests: string): string {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'second-attempts-'));
  try {
    writeFileSync(join(folder, 'some.test.ts'), `import { expect, test } from 'vitest';\n${tests}`);
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `import { SecondAttempts } from ${JSON.stringify(join(projectRoot, '.config/second-attempts.ts'))};
export default { test: { name: 'shown', root: ${JSON.stringify(folder)}, retry: 1, reporters: [new SecondAttempts()] } };`,
    );
    const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
    const words = [vitest, 'run', '--config', join(folder, 'vitest.config.ts')];
    const { PATH } = process.env;
    return spawnSync(process.execPath, words, { encoding: 'utf8', env: { PATH } }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('tests that needed a second attempt are named at the end of a run', () => {
  expect(
    run(`let attempts = 0;
test('steady', () => {});
test('shaky', () => { expect(++attempts).toBe(2); });
test('broken', () => { expect(1).toBe(2); });`),
  ).toBe(`Tests that needed a second attempt:
  shown some.test.ts > shaky: passed
  shown some.test.ts > broken: failed
`);
});

test('and a run without any says so', () => {
  expect(run(`test('steady', () => {});`)).toBe('No test needed a second attempt.\n');
});
