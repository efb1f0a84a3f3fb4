import { afterAll, beforeAll, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { halfReachable, heal, type Scenario } from './scenario.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

const scenarios: readonly Scenario[] = [
  {
    title: 'the virtual address is nowhere',
    setUp: 'direct',
    patient: 's1',
    broken: 'ip -n s1 address del 10.1.0.100/32 dev lo',
    found: ['vip-missing'],
    seen: halfReachable,
  },
  {
    title: 'the virtual address is where it is answered for',
    setUp: 'direct',
    patient: 's1',
    broken: 'ip -n s1 address del 10.1.0.100/32 dev lo; ip -n s1 address add 10.1.0.100/32 dev eth0',
    found: ['vip-on-the-wire'],
  },
  {
    title: 'the virtual address has the prefix of its network',
    setUp: 'direct',
    patient: 's1',
    broken: 'ip -n s1 address del 10.1.0.100/32 dev lo; ip -n s1 address add 10.1.0.100/24 dev lo',
    found: ['vip-prefix'],
  },
  {
    title: 'ARP requests for the virtual address are answered',
    setUp: 'direct',
    patient: 's1',
    broken: 's1 sysctl -qw net.ipv4.conf.all.arp_ignore=0',
    found: ['arp-ignore'],
    seen: {
      // The router asks who has the address; with arping so that the director's answer is not the only one.
      by: `ip netns exec router ip neighbour flush dev lan; d ip neighbour flush dev eth0
        ip netns exec router timeout 3 busybox arping -c 1 -I lan 10.1.0.100 | grep -c 'reply from'`,
      before: '2\n',
      after: '1\n',
    },
  },
  {
    title: 'the virtual address is announced by ARP',
    setUp: 'direct',
    patient: 's1',
    broken: 's1 sysctl -qw net.ipv4.conf.all.arp_announce=0',
    found: ['arp-announce'],
  },
  {
    title: 'the tunnel is down',
    setUp: 'tunnel',
    patient: 's1',
    broken: 'ip -n s1 link set tunl0 down',
    found: ['tunnel-down'],
    seen: halfReachable,
  },
  {
    title: 'rp_filter is strict on the tunnel',
    setUp: 'tunnel',
    patient: 's1',
    broken: 's1 sysctl -qw net.ipv4.conf.tunl0.rp_filter=1',
    found: ['tunnel-rp-filter'],
    seen: halfReachable,
  },
];

test.each(scenarios)('found and mended: $title', async (scenario) => {
  await heal(lab, scenario);
});
