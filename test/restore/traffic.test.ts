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

/** The last numbers of the servers that each table has: three stay, the others come and go. */
const staying = [11, 12, 13];
const inOne = [...staying, 14, 15];
const inOther = [...staying, 16, 17, 18];
const going = [...inOne, ...inOther].filter((last) => !staying.includes(last));

/** The service under traffic behind 1,000 rules of others. */
function rules(servers: readonly number[], weight: number): string {
  const service = '-t 10.9.0.1:80';
  const lines = servers.map(
    (last) => `-a ${service} -r 10.8.0.${last}:80 -m -w ${staying.includes(last) ? weight : 1}`,
  );
  return `${rulesText(ruleTable(new Random(1), 100, 9))}-A ${service} -s wrr\n${lines.join('\n')}\n`;
}

interface Failure {
  readonly reason: string;
  /** The last numbers of the servers that the kernel had for connections from its port. */
  readonly servers: readonly number[];
}

/**
 * Requests through the director while two tables take turns. The kernel drops what comes for a server that its table
 * does not have: a request that such a server had begun to answer waits until it is back, and may wait too long.
 */
async function load(
  restore: string,
): Promise<{ readonly restores: number; readonly failures: readonly Failure[] }> {
  writeFileSync(join(lab.directory, 'one.rules'), rules(inOne, 1));
  writeFileSync(join(lab.directory, 'other.rules'), rules(inOther, 3));
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
: >connections
while jobs %?load >/dev/null 2>&1 && kill -0 $! 2>/dev/null; do
  at director ${restore} <other.rules && at director ${restore} <one.rules || exit
  restores=$((restores + 2))
  at director cat /proc/net/ip_vs_conn >>connections
done
cat load
echo "$restores restores"
sort -u connections`;
  const { stdout, stderr } = await lab.run(
    `unshare --net --pid --fork --mount-proc bash -c ${shellQuote(inside)}`,
  );
  const match = /^(\d+) requests, (\d+) failed$[^]*^(\d+) restores$/m.exec(stdout);
  if (match?.[1] !== String(requests)) throw new Error(`no requests: ${stdout}${stderr}`);
  const serversOf = new Map<number, number[]>();
  for (const [, port = '', last = ''] of stdout.matchAll(/^TCP \S+ (\S{4}) \S+ 0050 0A0800(\S\S) /gm)) {
    const key = Number.parseInt(port, 16);
    serversOf.set(key, [...(serversOf.get(key) ?? []), Number.parseInt(last, 16)]);
  }
  const failures = Array.from(
    stdout.matchAll(/^failed: (.*) from port (.*)$/gm),
    ([, reason = '', port]) => ({
      reason,
      servers: serversOf.get(Number(port)) ?? [],
    }),
  );
  if (failures.length !== Number(match[2])) throw new Error(`failures without a line: ${stdout}`);
  return { restores: Number(match[3]), failures };
}

/** Whether the request waited in vain for a server that was not in the table. */
function isExplained({ reason, servers }: Failure): boolean {
  return reason === 'timeout' && servers.length > 0 && servers.every((last) => going.includes(last));
}

test('no connection to a server that stays fails while ipvsadm-restore replaces the table; clearing it first fails some', async () => {
  const replaced = await load('ipvsadm-restore');
  const cleared = await load('ipvsadm-restore --flush');
  console.log(
    `of ${requests} requests failed: ${replaced.failures.length} during ${replaced.restores} replacements ` +
      `${JSON.stringify(replaced.failures)}, ` +
      `${cleared.failures.length} during ${cleared.restores} restores into a cleared table`,
  );
  // There and back; a busy machine may have no time for more.
  expect(replaced.restores).toBeGreaterThanOrEqual(2);
  expect(replaced.failures.filter((failure) => !isExplained(failure))).toEqual([]);
  expect(replaced.failures.length).toBeLessThan(requests / 100);
  expect(cleared.failures.length).toBeGreaterThan(0);
});
