import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

const ours = join(projectRoot, 'bin/ipvsadm');

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
  const { stderr, status } = await lab.run(`set -e
cd ${shellQuote(join(projectRoot, 'test/traffic'))}
. ./topology.sh
servers=1
build_networks; build_client client; build_director director 1 01; build_servers
give_virtual_addresses director
ip netns exec server1 python3 -B ./peer.py serve server1 8001-8002 >/run/server1 2>&1 &
ready server1`);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

afterAll(async () => {
  await lab.powerOff();
});

const onDirector = (command: string): object => ({
  command: ['ip', 'netns', 'exec', 'director', 'bash', '-c', command],
});

// A connection of UDP ends when no packet came for a while, which is set anew with every packet: so each ends when
// it is told to, however slow the machine is.
test.each([
  { name: 'below the lower threshold', port: 8001, options: '-x 3 -y 2', most: 3, again: 1 },
  {
    name: 'without a lower one below three quarters of the upper',
    port: 8002,
    options: '-x 4',
    most: 4,
    again: 2,
  },
])('a server that had enough gets connections again $name', async ({ port, options, most, again }) => {
  const asked = {
    protocol: 'udp',
    address: '203.0.113.10',
    port,
    from: ['203.0.113.100'],
    count: 1,
    size: 10,
  };
  const timeout = (seconds: number): object => onDirector(`${ours} --set 0 0 ${seconds}`);
  const connections = `${ours} -Lcn | grep -c ':${port} '`;
  /** Ends a held connection and waits until only `left` are there. */
  const end = (held: number, left: number): object[] => [
    timeout(1),
    { again: `held${held}`, size: 10 },
    onDirector(
      `for ((i = 0; i < 300; i++)); do [ "$(${connections})" = ${left} ] && exit; sleep 0.2; done; exit 1`,
    ),
    timeout(300),
  ];
  const ended = Array.from({ length: most - again }, (_, i) => i);
  const plan = [
    ...Array.from({ length: most }, (_, i) => ({ ...asked, hold: `held${i}` })),
    asked,
    ...ended.flatMap((i) => [...end(i, most - 1 - i), ...(i + 1 < ended.length ? [asked] : [])]),
    ...ended.map((i) => ({ ...asked, hold: `more${i}` })),
    asked,
  ];
  const { stdout, stderr, status } = await lab.run(
    `set -e
cd ${shellQuote(join(projectRoot, 'test/traffic'))}
ip netns exec director ${ours} -R <<'RULES'
-A -u 203.0.113.10:${port} -s rr
-a -u 203.0.113.10:${port} -r 10.0.2.51:${port} -m ${options}
RULES
ip netns exec client python3 -B ./peer.py ask <<<${shellQuote(JSON.stringify(plan))}
ip netns exec director ${ours} -Ln --thresholds -u 203.0.113.10:${port} | tail -1`,
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [answers = '', listed = ''] = stdout.split('\n');
  const served = (count: number): string[] => Array.from({ length: count }, () => 'server1');
  const refused = 'ConnectionRefusedError';
  expect((JSON.parse(answers) as string[][]).flat()).toEqual([
    ...[...served(most), refused],
    // Each that ends says a last word first; as long as there are too many others, nobody comes in.
    ...ended.flatMap((i) => ['server1', ...(i + 1 < ended.length ? [refused] : [])]),
    ...[...served(ended.length), refused],
  ]);
  expect(listed).toMatch(new RegExp(`^ {2}-> 10\\.0\\.2\\.51:${port} +${most} +\\d+ +0 +${most} *$`));
});
