import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { readConnections } from './listings.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

const ours = join(projectRoot, 'bin/ipvsadm');

/** Moves the virtual address as a cluster manager does: away here, there, and all neighbours are told. */
const failover = `
ip -n director address del 203.0.113.10/32 dev front
ip -n backup address add 203.0.113.10/32 dev front
ip netns exec backup busybox arping -U -c 1 -I front 203.0.113.10 >/dev/null || true
`;

test('the backup director learns the connections of the master, and keeps them alive when the address moves to it', async () => {
  const held = { protocol: 'tcp', address: '203.0.113.10', port: 8001, from: ['203.0.113.100'] };
  const plan = JSON.stringify([
    { ...held, count: 6, size: 100, hold: 'before' },
    // The kernel sends what it has collected at the latest every two seconds.
    { command: ['sleep', '4'] },
    { command: ['bash', '-c', `ip netns exec backup ${ours} -Lnc >/run/on-backup`] },
    { command: ['bash', '-ec', failover] },
    { again: 'before', size: 5000 },
    { ...held, count: 6, size: 100 },
  ]);
  const { stdout, stderr, status } = await lab.run(`set -e
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
cd ${shellQuote(join(projectRoot, 'test/traffic'))}
. ./topology.sh
build_networks; build_client client; build_director director 1 01; build_director backup 2 02; build_servers
give_virtual_addresses director
for ((i = 1; i <= servers; i++)); do
  ip netns exec server$i python3 -B ./peer.py serve server$i 8001-8001 >/run/server$i 2>&1 &
done
for name in director backup; do
  inside $name ${ours} -R <<'RULES'
-A -t 203.0.113.10:8001 -s rr
-a -t 203.0.113.10:8001 -r 10.0.2.51:8001 -g
-a -t 203.0.113.10:8001 -r 10.0.2.52:8001 -g
-a -t 203.0.113.10:8001 -r 10.0.2.53:8001 -g
RULES
done
inside director sysctl -qw net.ipv4.vs.sync_threshold='0 3'
inside director ${ours} --start-daemon master --mcast-interface back --syncid 7
inside backup ${ours} --start-daemon backup --mcast-interface back --syncid 7
inside director ${ours} -L --daemon; inside backup ${ours} -L --daemon; echo ==
ready server1 server2 server3
inside client python3 -B ./peer.py ask <<<${shellQuote(plan)}; echo ==
inside director ${ours} -Lnc >/run/on-director
cat /run/on-backup; echo ==
sleep 4.2
inside backup ${ours} -Ln --stats | sed -n 4p`);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [daemons, answers = '', onBackup = '', stats = ''] = stdout.split('==\n');
  expect(daemons)
    .toBe(`master sync daemon (mcast=back, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
backup sync daemon (mcast=back, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
`);
  const [before = [], slept, read, moved, again, after = []] = JSON.parse(answers) as string[][];
  expect([slept, read, moved]).toEqual([[], [], []]);
  const shares = before.toSorted();
  expect(shares).toEqual(['server1', 'server1', 'server2', 'server2', 'server3', 'server3']);
  // Each goes on with the server that it began with, though the other director forwards now.
  expect(again).toEqual(before);
  expect(after.toSorted()).toEqual(shares);
  const learned = readConnections(onBackup);
  expect(learned.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'ESTABLISHED'));
  const servers = learned.map(({ server }) => `server${server.replace('10.0.2.5', '').charAt(0)}`);
  expect(servers.toSorted()).toEqual(shares);
  expect(stats).toMatch(/^TCP {2}203\.0\.113\.10:8001 +\d+ +[1-9]/);
});
