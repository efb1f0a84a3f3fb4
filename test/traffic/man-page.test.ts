import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { readManPage } from '../unit/docs/man-page.ts';

const directorLink = '02:00:00:00:00:01';
const serverLinks = ['02:00:00:00:00:11', '02:00:00:00:00:12'];

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

/** The lines of a block of the page, as a command that runs them in a namespace with our program. */
function runIn(namespace: string, lines: readonly string[]): string {
  const script = [`ipvsadm() { ${join(projectRoot, 'bin/ipvsadm')} "$@"; }`, ...lines].join('\n');
  return `ip netns exec ${namespace} bash -euc ${shellQuote(script)} >/dev/null`;
}

function example(label: string): readonly string[] {
  const block = readManPage('ipvsadm.8').blocks.find(
    (candidate) => candidate.section === 'Direct routing' && candidate.label === label,
  );
  if (block === undefined) throw new Error(`The page has no block "${label}" under Direct routing`);
  return block.lines;
}

test('the example of direct routing works as it stands, and without its ARP settings the servers answer for the address', async () => {
  const onServers = example('On each real server:');
  const withoutSettings = onServers.filter((line) => !line.includes('.arp_'));
  expect(withoutSettings).toHaveLength(onServers.length - 2);
  const twelve = JSON.stringify([
    { count: 12, size: 100, from: ['192.0.2.200'], protocol: 'tcp', address: '192.0.2.100', port: 80 },
  ]);
  const { stdout, stderr, status } = await lab.run(`set -e
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
cd ${shellQuote(join(projectRoot, 'test/traffic'))}
. ./topology.sh
modprobe ip_vs
namespace switch
ip -n switch link add lan type bridge mcast_snooping 0
ip -n switch link set lan up
# machine NAME LAST: on the one segment of the example.
machine() {
  namespace $1
  wire $1 eth0 lan 02:00:00:00:00:$2
  ip -n $1 link set eth0 up
  ip -n $1 address add 192.0.2.$((10#$2))/24 dev eth0
}
machine director 01; machine server1 11; machine server2 12; machine client 99
ip -n client address add 192.0.2.200/24 dev eth0
for name in server1 server2; do
  ip netns exec $name python3 -B ./peer.py serve $name 80-80 >/run/$name 2>&1 &
done
ready server1 server2
who_has() { inside client busybox arping -c 2 -I eth0 192.0.2.100 | grep -o '\\[[0-9a-f:]*\\]' | tr -d '[]' | sort -u || true; }
${runIn('director', example('On the director:'))}
${runIn('server1', withoutSettings)}
${runIn('server2', withoutSettings)}
who_has; echo ==
ip -n server1 address del 192.0.2.100/32 dev lo
ip -n server2 address del 192.0.2.100/32 dev lo
ip -n client neigh flush dev eth0
${runIn('server1', onServers)}
${runIn('server2', onServers)}
who_has; echo ==
inside client python3 -B ./peer.py ask <<<${shellQuote(twelve)}; echo ==
ip -n client neigh show 192.0.2.100 | grep -o lladdr.*:..
sleep 4.2
inside director ${join(projectRoot, 'bin/ipvsadm')} -Ln --stats | tail -n +4`);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [without, withSettings, answers = '', after] = stdout.split('==\n');
  expect(without?.trim().split('\n')).toEqual([directorLink, ...serverLinks]);
  expect(withSettings).toBe(`${directorLink}\n`);
  const [names = []] = JSON.parse(answers) as string[][];
  expect(names.filter((name) => name === 'server1')).toHaveLength(6);
  expect(names.filter((name) => name === 'server2')).toHaveLength(6);
  expect(after).toBe(`lladdr ${directorLink}
TCP  192.0.2.100:80                     12       72        0     3888        0
  -> 192.0.2.11:80                       6       36        0     1944        0
  -> 192.0.2.12:80                       6       36        0     1944        0
`);
});
