import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

/** The seed of the first restore: the one named by `RESTORE_SEED`, else another one each day. */
const seed = Number(process.env['RESTORE_SEED'] ?? Math.floor(Date.now() / 86_400_000) * 1000);
const restores = 100;

test('random rules over random tables end as with the reference', { timeout: 900_000 }, async () => {
  const guest = shellQuote(await bundleForGuest('test/restore/guest/differential.ts'));
  const script = `unshare --net bash -c 'ip link set lo up; exec node "$0" ${seed} ${restores}' ${guest}`;
  const { stdout, stderr } = await lab.run(script, { timeoutMs: 600_000 });
  console.log(stdout.trimEnd().split('\n').at(-1));
  expect(stderr + stdout).toMatch(
    new RegExp(`^${restores} restores from seed ${seed}: \\d+ refusals, 0 differ\\n$`),
  );
});
