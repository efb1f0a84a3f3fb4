import { expect, test } from 'vitest';
import { AddressFamily, parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import {
  addressService,
  fwmarkService,
  Forwarding,
  Protocol,
  type ServiceKey,
} from '../../../src/ipvs/model.js';
import { readTableFile, TableFile } from '../../../src/ipvs/table-file.js';

const title = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;

function parse(text: string, services: readonly ServiceKey[]): TableFile | undefined {
  return TableFile.parse(Buffer.from(title + text), services);
}

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const listed = `SCTP  0A000003:0035 sh  
TCP  0A000001:0050 wlc  persistent 36000 FFFFFF00
  -> 7F000001:0050      Masq    1      0          0         
  -> 0A010101:1F90      Tunnel  2147483647 12         4294967   
TCP  [2001:0db8:0000:0000:0000:0000:0000:0002]:0050 wlc persistent 3000 40000000
  -> [2001:0db8:0000:0000:0000:0000:0000:0001]:0050      Route   -1     0          3         
FWM  0000000A wlc 
FWM  0000000B rr ops 
  -> 0A020202:0000      Local   1      0          0         
FWM  0000000A wlc persistent 36000 80000000
`;

const services = [
  addressService(Protocol.sctp, address('10.0.0.3'), 53),
  addressService(Protocol.tcp, address('10.0.0.1'), 80),
  addressService(Protocol.tcp, address('2001:db8::2'), 80),
  fwmarkService(10),
  fwmarkService(11),
  fwmarkService(10, AddressFamily.ipv6),
];

test('servers are found by the place of their service', () => {
  const file = parse(listed, services);
  expect(file?.destinations(0)).toEqual([]);
  expect(file?.destinations(1)?.map((row) => ({ ...row, address: row.address.toString() }))).toEqual([
    {
      address: '127.0.0.1',
      port: 80,
      forwarding: Forwarding.masquerade,
      weight: 1,
      activeConnections: 0,
      inactiveConnections: 0,
    },
    {
      address: '10.1.1.1',
      port: 8080,
      forwarding: Forwarding.tunnel,
      weight: 2147483647,
      activeConnections: 12,
      inactiveConnections: 4294967,
    },
  ]);
  const [ipv6] = file?.destinations(2) ?? [];
  expect(ipv6?.address.toString()).toBe('2001:db8::1');
  expect(ipv6).toMatchObject({ forwarding: Forwarding.route, weight: -1, inactiveConnections: 3 });
  expect(file?.destinations(4)).toHaveLength(1);
});

test('a mark that both families use is not told for certain', () => {
  const file = parse(listed, services);
  expect(file?.destinations(3)).toBeUndefined();
  expect(file?.destinations(5)).toBeUndefined();
  expect(file?.destinations(6)).toBeUndefined();
});

test.each([
  ['one less', services.slice(0, -1)],
  ['one more', [...services, fwmarkService(12)]],
  ['another protocol', services.with(1, addressService(Protocol.udp, address('10.0.0.1'), 80))],
  ['another address', services.with(1, addressService(Protocol.tcp, address('10.0.1.1'), 80))],
  ['another port', services.with(1, addressService(Protocol.tcp, address('10.0.0.1'), 81))],
  ['another IPv6 address', services.with(2, addressService(Protocol.tcp, address('2001:db8::3'), 80))],
  ['another mark', services.with(4, fwmarkService(12))],
  ['another order', services.toReversed()],
])('a file of other services is no listing of these: %s', (_what, others) => {
  expect(parse(listed, others)).toBeUndefined();
});

test("the servers of a service that is not asked for are nobody else's", () => {
  const lines =
    'TCP  0A000001:0050 wlc  \nTCP  0A000002:0050 wlc  \n  -> 0A020202:0050      Masq    1      0          0         \nFWM  0000000B rr \n';
  const file = parse(lines, [addressService(Protocol.tcp, address('10.0.0.1'), 80), fwmarkService(11)]);
  expect(file?.destinations(0)).toBeUndefined();
  expect(file?.destinations(1)).toEqual([]);
});

test('a server before any service is not understood', () => {
  expect(parse('  -> 0A020202:0000      Local   1      0          0         \n', [])).toBeUndefined();
});

test.each([
  ['another forwarding method', '  -> 0A020202:0000      Other   1      0          0         \n'],
  ['no hexadecimal digits', '  -> 0A0202G2:0000      Local   1      0          0         \n'],
  ['a number missing', '  -> 0A020202:0000      Local   1      0                     \n'],
  ['a line that is cut', '  -> 0A020202:0000      Loc'],
])('servers with %s are not told', (_what, text) => {
  expect(parse(`FWM  0000000B rr \n${text}`, [fwmarkService(11)])?.destinations(0)).toBeUndefined();
});

test('a file that is not there is no listing', () => {
  expect(readTableFile([], '/proc/net/ip_vs_of_nobody')).toBeUndefined();
});
