import { expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { runInLab, shellQuote } from '../lab/lab.ts';

test('a listing that the kernel refuses says why', async () => {
  const denied = shellQuote(await bundleForGuest('test/restore/guest/denied.ts'));
  const { stdout, stderr } = await runInLab(`unshare --net node ${denied}`);
  expect(stdout + stderr).toBe(
    [
      '-L --timeout: Permission denied (you must be root) [1]',
      '-L --daemon: Permission denied (you must be root) [1]',
      '-L -n: Permission denied (you must be root) [1]',
      '-S -n: Permission denied (you must be root) [1]',
      '--set 1 2 3: Permission denied (you must be root) [255]',
      '',
    ].join('\n'),
  );
});
