import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { programsUnderTest } from '../conformance/script.ts';
import { tables } from './tables.ts';

const count = 100;
const seed = Number(process.env['IPVSADM_SEED'] ?? Date.now() % 2 ** 31);

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

test(`${count} tables from seed ${seed} go from either program to the other and make equal kernels`, async () => {
  const wanted = fc.sample(tables, { seed, numRuns: count });
  const steps = wanted.map(
    (lines, index) => `table ${index} <<'RULES'
${lines.join('\n')}
RULES`,
  );
  const { stdout, stderr, status } = await lab.run(
    `modprobe ip_vs
ours=${programsUnderTest()} reference=/usr/sbin
rules() { $reference/ipvsadm -Sn | sort; }
# The rules of the reference are without thresholds, and so is what it saves.
thresholds() { $reference/ipvsadm -Ln --thresholds | sort; }
# In a director of its own, what standard input says.
director() { unshare -n -- bash -c "ip link set lo up; $1"; }
export -f rules thresholds; export ours reference
table() {
  director "$reference/ipvsadm -R; rules >/run/made; thresholds >/run/thresholds; $ours/ipvsadm-save -n >/run/by-ours; $reference/ipvsadm-save -n >/run/by-reference"
  director "$reference/ipvsadm-restore; rules >/run/from-ours; thresholds >/run/thresholds-from-ours" </run/by-ours
  director "$ours/ipvsadm-restore; rules" </run/by-reference >/run/from-reference
  echo "$1: $(wc -l </run/made) lines"
  diff /run/made /run/from-ours && diff /run/thresholds /run/thresholds-from-ours || echo "$1: saved by ours, restored by the reference"
  diff /run/made /run/from-reference || echo "$1: saved by the reference, restored by ours"
}
${steps.join('\n')}`,
    { timeoutMs: 1_200_000 },
  );
  const expected = wanted.map((lines, index) => `${index}: ${lines.length} lines`);
  expect({ stderr, status, lines: stdout.trimEnd().split('\n') }).toEqual({
    ...{ stderr: '', status: 0 },
    lines: expected,
  });
});
