import { afterAll, beforeAll, test } from 'vitest';
import { kernelWithModule } from '../lab/kernel.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { heal, unreachable, type Scenario } from './scenario.ts';

// User-mode kernels have no nftables for IP: what its rules mean is tested on what nft printed elsewhere.
let lab: Lab;

beforeAll(async () => {
  lab = await bootLab({ kernel: kernelWithModule('ip_tables') });
});

afterAll(async () => {
  await lab.powerOff();
});

const scenarios: readonly Scenario[] = [
  {
    title: 'requests are filtered',
    setUp: 'nat',
    broken: `d iptables-legacy -P INPUT DROP
      d iptables-legacy -A INPUT -i lo -j ACCEPT
      d iptables-legacy -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
      d iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT`,
    found: ['requests-dropped'],
    seen: unreachable,
  },
  {
    title: 'answers are filtered',
    setUp: 'nat',
    broken: `d iptables-legacy -P FORWARD DROP
      d iptables-legacy -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
      d iptables-legacy -A FORWARD -s 172.16.0.0/12 -j ACCEPT`,
    found: ['answers-dropped', 'answers-dropped'],
    seen: unreachable,
  },
  {
    title: 'masquerading of the firewall does not see packets of IPVS',
    setUp: 'nat',
    broken: `ip -n s1 route del default; ip -n s2 route del default
      d iptables-legacy -t nat -A POSTROUTING -o eth1 -j MASQUERADE
      fetch 4 >/dev/null; counted`,
    found: ['answers-missing', 'answers-missing'],
    seen: unreachable,
    recovery: 'fetch >/dev/null; counted',
  },
  {
    title: 'nobody sets the mark of a service',
    setUp: 'nat',
    broken: `d iptables-legacy -t mangle -L >/dev/null
      d ipvsadm -C
      d ipvsadm -R <<'END'
-A -f 3 -s rr
-a -f 3 -r 10.2.0.11 -m
-a -f 3 -r 10.2.0.12 -m
END`,
    found: ['mark-not-set'],
    seen: unreachable,
  },
  {
    title: 'clients do not learn that their packets are too large for the tunnel',
    setUp: 'tunnel',
    broken: 'd iptables-legacy -A OUTPUT -p icmp -j DROP',
    found: ['tunnel-mtu'],
    seen: { by: 'upload', before: 'hello\nhello\n', after: '100000\n100000\n' },
  },
];

test.each(scenarios)('found and mended: $title', async (scenario) => {
  await heal(lab, scenario);
});
