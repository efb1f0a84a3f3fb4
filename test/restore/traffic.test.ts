import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programsUnderTest } from '../conformance/script.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { Random } from './random.ts';
import { rulesText, ruleTable } from './rule-tables.ts';

const requests = 1500;

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

/** The service under traffic behind 1,000 rules of others; three of its servers stay, the others come and go. */
function rules(servers: readonly number[], weight: number): string {
  const service = '-t 10.9.0.1:80';
  const lines = servers.map((last) => `-a ${service} -r 10.8.0.${last}:80 -m -w ${last < 14 ? weight : 1}`);
  return `${rulesText(ruleTable(new Random(1), 100, 9))}-A ${service} -s wrr\n${lines.join('\n')}\n`;
}

/** Requests through the director while two tables take turns; how many failed, and how often they did. */
async function load(restore: string): Promise<{ readonly failed: number; readonly restores: number }> {
  writeFileSync(join(lab.directory, 'one.rules'), rules([11, 12, 13, 14, 15], 1));
  writeFileSync(join(lab.directory, 'other.rules'), rules([11, 12, 13, 16, 17, 18], 3));
  const inside = `
export PATH=${programsUnderTest()}:$PATH
mount -t tmpfs tmpfs /run && mkdir /run/netns
HERE=${shellQuote(join(projectRoot, 'test/drain'))}
cd ${lab.directory}
. "$HERE/network.sh"
serve 5 10.8.0.{11,12,13,14,15,16,17,18}:80
at director ipvsadm-restore <one.rules
at client node "$HERE/guest/load.mjs" 10.9.0.1 80 ${requests} 8 >load 2>&1 &
restores=0
while jobs %?load >/dev/null 2>&1 && kill -0 $! 2>/dev/null; do
  at director ${restore} <other.rules && at director ${restore} <one.rules || exit
  restores=$((restores + 2))
done
cat load
echo "$restores restores"`;
  const { stdout, stderr } = await lab.run(
    `unshare --net --pid --fork --mount-proc bash -c ${shellQuote(inside)}`,
  );
  const match = /^(\d+) requests, (\d+) failed$[^]*^(\d+) restores$/m.exec(stdout);
  if (match?.[1] !== String(requests)) throw new Error(`no requests: ${stdout}${stderr}`);
  return { failed: Number(match[2]), restores: Number(match[3]) };
}

test('no connection fails while ipvsadm-restore replaces the table; clearing it first fails some', async () => {
  const replaced = await load('ipvsadm-restore');
  const cleared = await load('ipvsadm-restore --flush');
  console.log(
    `of ${requests} requests failed: ${replaced.failed} during ${replaced.restores} replacements, ` +
      `${cleared.failed} during ${cleared.restores} restores into a cleared table`,
  );
  // There and back; a busy machine may have no time for more.
  expect(replaced.restores).toBeGreaterThanOrEqual(2);
  expect(replaced.failed).toBe(0);
  expect(cleared.failed).toBeGreaterThan(0);
});
