import { expect, it } from 'vitest';
import { ConnectionParser } from '../../../src/ipvs/connections.js';
import { groupKey, groupLines, groupsJson } from '../../../src/output/connection-groups.js';

const [udp, tcp] = new ConnectionParser().parse(
  Buffer.from(`Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP 0B000001 0400 0A080001 0035 0A090001 0035 UDP             299
TCP 2001:0db8:0000:0000:0000:0000:0000:0001 0400 2001:0db8:0000:0000:0000:0000:0000:0002 0050 2001:0db8:0000:0000:0000:0000:0000:0003 0050 ESTABLISHED     899
`),
);

it('groups connections by what they share', () => {
  if (udp === undefined || tcp === undefined) throw new Error('no connections');
  expect(groupKey(udp, ['client'])).toBe('11.0.0.1');
  expect(groupKey(udp, ['service', 'server'])).toBe('UDP 10.8.0.1:53\t10.9.0.1:53');
  expect(groupKey(tcp, ['state', 'service'])).toBe('ESTABLISHED\tTCP [2001:db8::2]:80');
});

it('prints groups as lines and as JSON', () => {
  const groups = [
    { key: 'TCP 10.0.0.1:80\tESTABLISHED', count: 1234567 },
    { key: 'UDP 10.0.0.1:53\tUDP', count: 9 },
  ];
  expect(groupLines(groups, ['service', 'state'])).toBe(
    `connections  service          state
    1234567  TCP 10.0.0.1:80  ESTABLISHED
          9  UDP 10.0.0.1:53  UDP
`,
  );
  expect(groupsJson(groups, ['service', 'state'], 0)).toBe(
    `{"service":"TCP 10.0.0.1:80","state":"ESTABLISHED","connections":1234567}
{"service":"UDP 10.0.0.1:53","state":"UDP","connections":9}
`,
  );
  expect(groupsJson(groups.slice(1), ['service', 'state'], 3)).toBe(
    '{"service":"UDP 10.0.0.1:53","state":"UDP","connections":9,"connections_at_most":12}\n',
  );
});

it('prints any number of groups', () => {
  const groups = Array.from({ length: 300_000 }, (_, index) => ({ key: `client ${index}\tUDP`, count: 1 }));
  expect(groupLines(groups, ['client', 'state']).split('\n').length).toBe(300_002);
});
