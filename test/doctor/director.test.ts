import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileConnections, connectionsCommand } from '../lab/connections.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { examine, halfReachable, heal, run, unreachable, type Scenario } from './scenario.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

const floods = connectionsCommand(compileConnections(), {
  kind: 'syn',
  address: '10.1.0.100',
  port: 80,
  count: 6,
  firstClient: '192.0.2.100',
  perClient: 1,
});

const scenarios: readonly Scenario[] = [
  {
    title: 'ip_forward is off',
    setUp: 'nat',
    broken: 'd sysctl -qw net.ipv4.ip_forward=0',
    found: ['forwarding-off'],
    seen: unreachable,
  },
  {
    title: 'the interface of the servers does not forward',
    setUp: 'nat',
    broken: 'd sysctl -qw net.ipv4.conf.eth1.forwarding=0',
    found: ['forwarding-off'],
    seen: unreachable,
  },
  {
    title: 'IPv6 is not forwarded',
    setUp: 'nat6',
    broken:
      'd sysctl -qw net.ipv6.conf.all.forwarding=0; ip -n director -6 route replace default via 2001:db8:1::254',
    found: ['forwarding-off'],
    seen: { ...unreachable, by: 'fetch 2 [2001:db8:1::100]' },
  },
  {
    title: 'the virtual address is nowhere',
    setUp: 'nat',
    broken: 'ip -n director address del 10.1.0.100/32 dev eth0',
    found: ['vip-unbound'],
    seen: unreachable,
  },
  {
    title: 'the virtual address of IPv6 is nowhere',
    setUp: 'nat6',
    broken: 'ip -n director address del 2001:db8:1::100/128 dev eth0',
    found: ['vip-unbound'],
    seen: { ...unreachable, by: 'fetch 2 [2001:db8:1::100]' },
  },
  {
    title: 'the interface of the virtual address is down',
    setUp: 'nat',
    broken: 'ip -n director link set eth0 down',
    found: ['vip-interface-down'],
  },
  {
    title: 'rp_filter is strict where answers leave by another interface',
    setUp: 'nat',
    broken: `ip -n director route replace default via 10.2.0.254
      d sysctl -qw net.ipv4.conf.eth0.rp_filter=1 net.ipv4.conf.all.rp_filter=0`,
    found: ['rp-filter'],
    seen: unreachable,
  },
  {
    title: 'servers on the network of the virtual address would be told to answer directly',
    setUp: 'nat',
    broken: 'd ipvsadm -a -t 10.1.0.100:80 -r 10.1.0.11:80 -m',
    found: ['redirects-sent'],
  },
  {
    title: 'a masqueraded server has another router',
    setUp: 'nat',
    broken: 'ip -n s1 route replace default via 10.1.0.254; fetch 4 >/dev/null; counted',
    found: ['answers-missing'],
    seen: halfReachable,
    recovery: 'fetch >/dev/null; counted',
  },
  {
    title: 'masqueraded FTP without its helper',
    setUp: 'nat',
    broken: `d ipvsadm -R <<'END'
-A -t 10.1.0.100:21
-a -t 10.1.0.100:21 -r 10.2.0.11:21 -m
END`,
    found: ['ftp-helper-missing'],
  },
  {
    title: 'a service has no server',
    setUp: 'nat',
    broken: 'd ipvsadm -A -t 10.1.0.100:81',
    found: ['no-servers'],
  },
  {
    title: 'every weight is 0',
    setUp: 'nat',
    broken: `d ipvsadm -R <<'END'
-e -t 10.1.0.100:80 -r 10.2.0.11:80 -m -w 0
-e -t 10.1.0.100:80 -r 10.2.0.12:80 -m -w 0
END`,
    found: ['no-weight'],
    seen: unreachable,
  },
  {
    title: 'a server has as many connections as it may',
    setUp: 'nat',
    broken: `d ipvsadm -e -t 10.1.0.100:80 -r 10.2.0.11:80 -m -x 3; d ${floods} >/dev/null`,
    found: ['threshold-reached'],
  },
  {
    title: 'the interface of the servers is down',
    setUp: 'nat',
    broken: 'ip -n director link set eth1 down',
    found: ['server-interface-down'],
    seen: unreachable,
  },
  {
    title: 'no route leads to a server',
    setUp: 'nat',
    broken: 'ip -n director route del default; d ipvsadm -a -t 10.1.0.100:80 -r 10.9.9.9:80 -m',
    found: ['server-unrouted'],
  },
  {
    title: 'a server is off',
    setUp: 'nat',
    broken: `d ipvsadm -a -t 10.1.0.100:80 -r 10.2.0.99:80 -m
      d timeout 1 socat - TCP:10.2.0.99:80 2>/dev/null; busybox sleep 4; fetch 3 >/dev/null`,
    found: ['server-silent'],
    recovery: 'fetch 2 >/dev/null',
  },
  {
    title: 'direct routing to a server behind a router',
    setUp: 'direct',
    broken: 'd ipvsadm -a -t 10.1.0.100:80 -r 192.0.2.10 -g',
    found: ['direct-behind-router'],
  },
  {
    title: 'persistence outlasts the timeout of connections',
    setUp: 'nat',
    broken: 'd ipvsadm -E -t 10.1.0.100:80 -s rr -p 7200',
    found: ['persistence-outlasts'],
  },
  {
    title: 'persistent clients go on using a server of weight 0',
    setUp: 'nat',
    broken: `d ipvsadm -E -t 10.1.0.100:80 -s rr -p 300; d ${floods} >/dev/null
      d ipvsadm -e -t 10.1.0.100:80 -r 10.2.0.11:80 -m -w 0`,
    found: ['quiescent-persistence'],
  },
  {
    title: 'a port that is used again leads to a server of weight 0',
    setUp: 'nat',
    broken: `fetch >/dev/null; d sysctl -qw net.ipv4.vs.conn_reuse_mode=0
      d ipvsadm -e -t 10.1.0.100:80 -r 10.2.0.11:80 -m -w 0`,
    found: ['port-reuse'],
  },
  {
    title: 'connections of a server that was removed',
    setUp: 'nat',
    broken: 'fetch >/dev/null; d ipvsadm -d -t 10.1.0.100:80 -r 10.2.0.11:80',
    found: ['orphaned-connections'],
  },
  {
    title: 'every packet, entry and timeout is defended',
    setUp: 'nat',
    broken: 'd sysctl -qw net.ipv4.vs.drop_packet=3 net.ipv4.vs.drop_entry=3 net.ipv4.vs.secure_tcp=3',
    found: ['defence-active', 'defence-active', 'defence-active'],
  },
  {
    title: 'counters stand still',
    setUp: 'nat',
    broken: 'd sysctl -qw net.ipv4.vs.run_estimation=0',
    found: ['statistics-frozen'],
    seen: {
      by: 'fetch >/dev/null; counted; d ipvsadm -L -n --stats -t 10.1.0.100:80 | grep -c "^TCP.* 0 *0 *0 *0 *0$"',
      before: '1\n',
      after: '0\n',
    },
  },
  {
    title: 'the interface of a sync daemon is down',
    setUp: 'nat',
    broken: `ip -n director link add sync0 type dummy
      ip -n director link set sync0 up
      d ipvsadm --start-daemon master --mcast-interface sync0
      ip -n director link set sync0 down`,
    found: ['sync-interface-down'],
    recovery: 'd ipvsadm --stop-daemon master',
  },
];

test.each(scenarios)('found and mended: $title', async (scenario) => {
  await heal(lab, scenario);
});

test.each(['nat', 'nat6', 'direct', 'tunnel'])('nothing is found where all is well: %s', async (setUp) => {
  try {
    await run(lab, `topology\n${setUp}`);
    expect((await run(lab, `fetch 2 ${setUp === 'nat6' ? '[2001:db8:1::100]' : ''}; counted`)).stdout).toBe(
      'hello\nhello\n',
    );
    expect(await examine(lab, 'director')).toEqual({ status: 0, findings: [] });
    if (setUp.startsWith('nat')) return;
    for (const server of ['s1', 's2'] as const) {
      expect(await examine(lab, server)).toEqual({ status: 0, findings: [] });
    }
  } finally {
    await run(lab, 'destroy');
  }
});
