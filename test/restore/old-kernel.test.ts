import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { compileLibrary } from '../lab/compile.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

test('a kernel older than 1.1.4 is warned of as by the reference, before anything else', async () => {
  const ours = await bundleForGuest('test/restore/guest/old-kernel.ts');
  const library = compileLibrary('test/restore/guest/old-kernel.c');
  const lines = ['-L -n', '-A -t 10.0.0.1:80', '-A -t 10.0.0.1:80', '-A', 'foo', '-R', '-C', '-L --timeout'];
  const words = lines.map(shellQuote).join(' ');
  const reference = `
for line in ${words}; do
  printf '$ ipvsadm %s\\n' "$line"
  printf -- '-A -t 10.0.0.2:80\\n-L -n\\n' | LD_PRELOAD=${shellQuote(library)} ipvsadm $line 2>&1 >out
  status=$?
  cat out
  echo "= $status"
done`;
  const inside = `cd ${shellQuote(lab.directory)} && bash -c ${shellQuote(reference)}`;
  const expected = await lab.run(`unshare --net bash -c ${shellQuote(inside)}`);
  expect(expected.stdout).toMatch(
    /^\$ ipvsadm -L -n\nWarning: IPVS version mismatch: \n[^]*IPVS version 1\.1\.3\n/,
  );
  const { stdout, stderr } = await lab.run(`unshare --net node ${shellQuote(ours)} ${words}`);
  expect(stdout + stderr).toBe(expected.stdout + expected.stderr);
});
