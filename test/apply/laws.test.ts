import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';

// IPVSADM_SEED repeats a run; its seed is printed.

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(async () => {
  await lab.powerOff();
});

const seed = Number(process.env['IPVSADM_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['IPVSADM_RUNS'] ?? 25);

test(`on the kernel: after apply diff is empty, apply of what is there changes nothing, a failure leaves no trace (seed ${seed})`, async () => {
  const program = await bundleForGuest('test/apply/guest/laws.ts');
  const command = `node ${shellQuote(program)} ${seed} ${runs}`;
  const result = await lab.run(`unshare --net bash -c ${shellQuote(`ip link set lo up && ${command}`)}`, {
    timeoutMs: 600_000,
  });
  console.log(result.stdout + result.stderr.slice(0, 4000));
  expect(result.stdout).toMatch(
    new RegExp(
      `^seed ${seed}: ${2 * runs} tables, (\\d+) operations, each refused once \\(\\1\\) and cut off twice \\(\\d+\\): no trace\\n$`,
    ),
  );
  expect(result.status).toBe(0);
});
