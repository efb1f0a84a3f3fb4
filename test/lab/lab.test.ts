import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseKernel } from './kernel.ts';
import { bootLab, runInLab } from './lab.ts';

test('a script runs as root in a kernel with IPVS', async () => {
  const result = await runInLab('id -u; /usr/sbin/ipvsadm -Ln | head -1; echo problem >&2; exit 3');
  expect(result.stdout).toMatch(/^0\nIP Virtual Server version [\d.]+ \(size=\d+\)\n$/);
  expect(result.stderr).toBe('problem\n');
  expect(result.status).toBe(3);
});

test('a guest takes many jobs, ends those that last too long, and leaves nothing behind', async () => {
  const lab = await bootLab();
  const results = await Promise.all([
    lab.run('echo one'),
    lab.run('sleep 60', { timeoutMs: 500 }),
    lab.run('echo two'),
  ]);
  expect(results.map(({ status, stdout }) => `${status} ${stdout}`)).toEqual(['0 one\n', '124 ', '0 two\n']);
  const { directory } = lab;
  expect(existsSync(directory)).toBe(true);
  await lab.powerOff();
  expect(existsSync(directory)).toBe(false);
  await expect(lab.run('true')).rejects.toThrow();
});

test('a guest that is killed leaves nothing behind', async () => {
  const lab = await bootLab();
  const job = expect(lab.run('sleep 60')).rejects.toThrow('the guest ended');
  await lab.kill();
  await job;
  expect(existsSync(lab.directory)).toBe(false);
});

test('a kernel that does not boot fails with the packages to install', async () => {
  const kernel = { ...chooseKernel(), binary: '/bin/false' };
  await expect(bootLab({ kernel })).rejects.toThrow(/the guest ended[^]*apt-get install .*user-mode-linux/);
});
