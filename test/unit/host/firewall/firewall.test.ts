import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Firewall, Hook, Packet } from '../../../../src/host/firewall/firewall.js';
import { parseIptablesSave } from '../../../../src/host/firewall/iptables.js';
import { parseNftRuleset } from '../../../../src/host/firewall/nft.js';
import { droppingChain, mayMasquerade, setsMark } from '../../../../src/host/firewall/verdict.js';
import {
  AddressFamily,
  ipv4Unspecified,
  parseAddress,
  type IpAddress,
} from '../../../../src/ipvs/address.js';

// What iptables-nft-save 1.8.9 printed.
const iptables = parseIptablesSave(
  `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
-A PREROUTING -d 10.0.0.1/32 -j MARK --set-xmark 0x3/0xffffffff
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:web - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -m comment --comment "the web" -j web
-A INPUT -p udp -m udp --dport 1000:2000 -j REJECT --reject-with icmp-port-unreachable
-A web -s 192.0.2.0/24 -j ACCEPT
-A web ! -d 10.0.0.0/24 -j DROP
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
`,
  'iptables',
);

// What nft 1.0.6 printed.
const nft = parseNftRuleset(readFileSync(new URL('ruleset.json', import.meta.url), 'utf8'), false);

function address(text: string): IpAddress {
  return parseAddress(text) ?? ipv4Unspecified;
}

const request = {
  family: AddressFamily.ipv4,
  destination: address('10.0.0.1'),
  protocol: 6,
  port: 80,
  input: 'eth0',
  state: 'new',
};

function dropped(firewall: Firewall, packet: Packet, hook: Hook = 'input'): string | undefined {
  return droppingChain(firewall, hook, packet)?.name;
}

it('tells what iptables certainly drops', () => {
  expect(dropped(iptables, { ...request, port: 8080 })).toBe('INPUT');
  // Whether the client is one of those accepted is not known.
  expect(dropped(iptables, request)).toBeUndefined();
  expect(dropped(iptables, { ...request, source: address('192.0.2.7') })).toBeUndefined();
  expect(dropped(iptables, { ...request, source: address('198.51.100.7') })).toBe('INPUT');
  expect(dropped(iptables, { ...request, port: 8080, state: 'established' })).toBeUndefined();
  expect(dropped(iptables, { ...request, port: 8080, input: 'lo' })).toBeUndefined();
  expect(dropped(iptables, { ...request, protocol: 17, port: 1500 })).toBe('INPUT');
  expect(dropped(iptables, request, 'forward')).toBeUndefined();
  expect(dropped(iptables, { family: AddressFamily.ipv6, port: 8080 })).toBeUndefined();
});

it('tells what nftables certainly drops', () => {
  const names = { ...request, protocol: 17, port: 53 };
  expect(dropped(nft, { ...names, destination: address('10.0.0.2') })).toBe('input');
  expect(dropped(nft, names)).toBeUndefined();
  expect(dropped(nft, { ...request, protocol: 1, port: undefined })).toBe('input');
  expect(dropped(nft, { ...request, protocol: 17 })).toBe('input');
  // A map of verdicts may accept anything of TCP.
  expect(dropped(nft, { ...request, port: 8080 })).toBeUndefined();
  const answer = { family: AddressFamily.ipv4, output: 'eth0' };
  expect(dropped(nft, { ...answer, source: address('10.1.0.9') }, 'forward')).toBeUndefined();
  expect(dropped(nft, { ...answer, source: address('10.1.0.3') }, 'forward')).toBe('forward');
});

it.each([
  ['iptables', iptables],
  ['nftables', nft],
])('finds the masquerading and the marks of %s', (_, firewall) => {
  expect(mayMasquerade(firewall, { family: AddressFamily.ipv4, output: 'eth0' })).toBe(true);
  expect(mayMasquerade(firewall, { family: AddressFamily.ipv4, output: 'eth1' })).toBe(false);
  expect(mayMasquerade(firewall, { family: AddressFamily.ipv6, output: 'eth0' })).toBe(false);
  expect(setsMark(firewall, 3)).toBe(true);
  expect(setsMark(firewall, 4)).toBe(false);
});

it('holds a mark that is copied from elsewhere for any', () => {
  const restored = '*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CONNMARK --restore-mark\nCOMMIT\n';
  expect(setsMark(parseIptablesSave(restored, 'iptables'), 4)).toBe(true);
  expect(setsMark(parseIptablesSave(restored.replace('restore', 'save'), 'iptables'), 4)).toBe(false);
  const chain = { family: 'ip', table: 'marks', name: 'prerouting' };
  const mangle = { key: { meta: { key: 'mark' } }, value: { ct: { key: 'mark' } } };
  const ruleset = { nftables: [{ chain }, { rule: { ...chain, chain: 'prerouting', expr: [{ mangle }] } }] };
  expect(setsMark(parseNftRuleset(JSON.stringify(ruleset), false), 4)).toBe(true);
});

it('makes nothing of what it can not read', () => {
  expect(parseNftRuleset('not JSON', false)).toEqual([]);
  expect(parseNftRuleset('{"nftables":[{"chain":3},7,{"rule":{"expr":[null]}}]}', false)).toEqual([]);
  expect(parseIptablesSave('nonsense\n-A INPUT\n-A nowhere -j DROP\n:x\n', 'iptables')).toEqual([]);
});
