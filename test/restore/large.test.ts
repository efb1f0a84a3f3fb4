import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab({ memory: '2G' });
});
afterAll(() => lab.powerOff());

test('100,000 rules are restored in bounded memory', { timeout: 600_000 }, async () => {
  const large = shellQuote(await bundleForGuest('test/restore/guest/large.ts'));
  const run = (services: number): string =>
    `unshare --net bash -c 'ip link set lo up; exec node "$0" ${services} 99' ${large}`;
  const { stdout, stderr } = await lab.run(`${run(100)}; ${run(1000)}`, { timeoutMs: 500_000 });
  console.log(stdout.trimEnd());
  expect(stderr).toBe('');
  const megabytes = Array.from(stdout.matchAll(/(\d+) MB/g), ([, text]) => Number(text));
  expect(megabytes.length).toBe(2);
  expect(Math.max(...megabytes)).toBeLessThan(600);
});
