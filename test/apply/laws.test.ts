import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { standalonePrograms } from '../conformance/script.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';

// IPVSADM_SEED repeats a run; its seed is printed.

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(async () => {
  await lab.powerOff();
});

/** With this in its environment the stand-alone executable runs a script as its runtime does. */
const executable = join(standalonePrograms, 'ipvsadm');
const seed = Number(process.env['IPVSADM_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['IPVSADM_RUNS'] ?? 60);

/** Each way to run the program's own modules in the guest: with Node's socket, and with that of the executable. */
const commands = {
  node: 'node',
  standalone: `BUN_BE_BUN=1 ${shellQuote(executable)}`,
} as const;

test.each(['node', 'standalone'] as const)(
  `on the kernel, by %s: after apply diff is empty, apply of what is there changes nothing, a failure leaves no trace (seed ${seed})`,
  async (runtime) => {
    const program = await bundleForGuest('test/apply/guest/laws.ts', runtime);
    const network = 'ip link set lo up && ip link add sync0 type dummy && ip link set sync0 up multicast on';
    const laws = `${network} && ${commands[runtime]} ${shellQuote(program)} ${seed} ${runs}`;
    const result = await lab.run(`unshare --net bash -c ${shellQuote(laws)}`, { timeoutMs: 600_000 });
    console.log(result.stdout + result.stderr.slice(0, 4000));
    expect(result.stdout).toMatch(
      new RegExp(
        `^seed ${seed} by ${runtime}: ${2 * runs} tables, (\\d+) operations \\([1-9]\\d* of settings\\), ` +
          `each refused once \\(\\1\\) and cut off twice \\(\\d+\\): no trace\\n$`,
      ),
    );
    expect(result.status).toBe(0);
  },
);
