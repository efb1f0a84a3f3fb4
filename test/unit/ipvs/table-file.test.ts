import { expect, test } from 'vitest';
import { AddressFamily, parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import { addressService, fwmarkService, Forwarding, Protocol } from '../../../src/ipvs/model.js';
import { readTableFile, TableFile } from '../../../src/ipvs/table-file.js';

const title = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;

function parse(text: string): TableFile | undefined {
  return TableFile.parse(new TextEncoder().encode(title + text));
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

test('servers are found by the key of their service', () => {
  const file = parse(listed);
  const tcp = file?.destinations(addressService(Protocol.tcp, address('10.0.0.1'), 80));
  expect(tcp?.map((row) => ({ ...row, address: row.address.toString() }))).toEqual([
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
  expect(file?.destinations(addressService(Protocol.sctp, address('10.0.0.3'), 53))).toEqual([]);
  const [ipv6] = file?.destinations(addressService(Protocol.tcp, address('2001:db8::2'), 80)) ?? [];
  expect(ipv6?.address.toString()).toBe('2001:db8::1');
  expect(ipv6).toMatchObject({ forwarding: Forwarding.route, weight: -1, inactiveConnections: 3 });
  expect(file?.destinations(fwmarkService(11))).toHaveLength(1);
});

test('what the file does not tell for certain is undefined', () => {
  const file = parse(listed);
  expect(file?.destinations(addressService(Protocol.udp, address('10.0.0.1'), 80))).toBeUndefined();
  expect(file?.destinations(fwmarkService(10))).toBeUndefined();
  expect(file?.destinations(fwmarkService(10, AddressFamily.ipv6))).toBeUndefined();
});

test.each([
  ['a server before any service', '  -> 0A020202:0000      Local   1      0          0         \n'],
  [
    'another forwarding method',
    'FWM  0000000B rr \n  -> 0A020202:0000      Other   1      0          0         \n',
  ],
  [
    'no hexadecimal digits',
    'FWM  0000000B rr \n  -> 0A0202G2:0000      Local   1      0          0         \n',
  ],
  ['a number missing', 'FWM  0000000B rr \n  -> 0A020202:0000      Local   1      0         \n'],
  ['a line that is cut', 'FWM  0000000B rr \n  -> 0A020202:0000      Loc'],
])('%s is not understood', (_what, text) => {
  expect(parse(text)).toBeUndefined();
});

test('a file that is not there is no listing', () => {
  expect(readTableFile('/proc/net/ip_vs_of_nobody')).toBeUndefined();
});
