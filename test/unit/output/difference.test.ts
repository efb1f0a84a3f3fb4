import { expect, test } from 'vitest';
import { parseTableText, type TableFile } from '../../../src/cli/table-file.ts';
import {
  changesSummary,
  differenceJson,
  differenceText,
  type AllDifferences,
} from '../../../src/output/difference.ts';
import { compareTables } from '../../../src/rules/compare.ts';
import { compareSettings } from '../../../src/rules/setting-differences.ts';
import { schemaErrors } from '../../json/schema.ts';

async function read(text: string): Promise<TableFile> {
  const { file, errors } = await parseTableText({ name: 'rules', text });
  expect(errors).toEqual([]);
  return file;
}

async function differences(before: string, after: string): Promise<AllDifferences> {
  const old = await read(before);
  const now = await read(after);
  return { settings: compareSettings(old, now), differences: compareTables(old.table, now.table) };
}

const before = `
-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.1.1 -m
-a -t 10.0.0.1:80 -r 10.0.1.2 -m -w 2 -x 9 -y 3
-a -t 10.0.0.1:80 -r 10.0.1.3 -i
-A -t [2001:db8::1]:443 -p -M 64 --pe sip
-A -u 10.0.0.1:53 -o
-a -u 10.0.0.1:53 -r 10.0.1.3
-A -f 7
-a -f 7 -r 10.0.1.3 -i --tun-type gre --tun-csum
--set 900 120 300
--start-daemon backup --mcast-interface eth1 --syncid 3
`;
const after = `
-A -t 10.0.0.1:80 -s mh -b mh-port,mh-fallback
-a -t 10.0.0.1:80 -r 10.0.1.1 -m
-a -t 10.0.0.1:80 -r 10.0.1.2 -g -w 2 -x 9
-a -t 10.0.0.1:80 -r 10.0.1.3 -i --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.0.0.1:80 -r 10.0.1.4 -w 0
-A -t [2001:db8::1]:443 -p 60 -M 64
-A -u 10.0.0.1:53 -o
-a -u 10.0.0.1:53 -r 10.0.1.3 -w 8
-A --sctp-service 10.0.0.1:80 -s rr
-a --sctp-service 10.0.0.1:80 -r 10.0.1.1
--set 900 0 20
--start-daemon backup --mcast-interface eth1 --syncid 4
--start-daemon master --mcast-group ff05::1 --mcast-ttl 3
`;

test('a line for each change, services in context', async () => {
  const all = await differences(before, after);
  const text = `~ timeouts  udp 300 s -> 20 s
~ backup sync daemon  syncid 3 -> 4
+ master sync daemon  interface eth0, syncid 0, group ff05::1, ttl 3
~ TCP 10.0.0.1:80  scheduler wrr -> mh, flags none -> mh-fallback,mh-port
~   10.0.1.2:80  forwarding Masq -> Route, lower threshold 3 -> 0
~   10.0.1.3:80  tunnel ipip -> gue port 6080 remcsum
+   10.0.1.4:80  Route, weight 0
~ TCP [2001:db8::1]:443  persistence 360 s -> 60 s, engine sip -> none
  UDP 10.0.0.1:53
~   10.0.1.3:53  weight 1 -> 8
+ SCTP 10.0.0.1:80  rr
+   10.0.1.1:80  Route, weight 1
- FWM 7  wlc
-   10.0.1.3:0  Tunnel, tunnel gre csum, weight 1
`;
  expect(differenceText(all, { colour: false })).toBe(text);
  expect(changesSummary(all)).toBe(
    '1 service added, 2 services edited, 1 service removed, 2 servers added, 3 servers edited, 1 server removed, ' +
      '1 setting added, 2 settings edited.',
  );
});

test('as JSON, every kind of change follows the schema', async () => {
  for (const [old, now] of [
    [before, after],
    [after, before],
    ['', after],
    [before, ''],
  ] as const) {
    const text = Array.from(differenceJson(await differences(old, now), { pretty: true })).join('');
    expect(schemaErrors('diff', text)).toEqual([]);
  }
});

test('in colour', async () => {
  const all = await differences('-A -u 10.0.0.1:53\n-A -f 1\n', '-A -u 10.0.0.1:53 -s rr\n-A -f 2\n');
  expect(differenceText(all, { colour: true })).toBe(
    '\u001b[33m~ UDP 10.0.0.1:53  scheduler wlc -> rr\u001b[39m\n' +
      '\u001b[32m+ FWM 2  wlc\u001b[39m\n' +
      '\u001b[31m- FWM 1  wlc\u001b[39m\n',
  );
});

test('nothing is nothing', async () => {
  const all = await differences(before, before);
  expect(differenceText(all, { colour: true })).toBe('');
  expect(changesSummary(all)).toBe('Nothing to change.');
  expect(Array.from(differenceJson(all, { pretty: false })).join('')).toBe('{"changes":[]}\n');
  expect(schemaErrors('diff', '{"changes":[]}')).toEqual([]);
});

test('as JSON, an object for each change', async () => {
  const all = await differences(
    '-A -u 10.0.0.1:53\n-a -u 10.0.0.1:53 -r 10.0.1.3\n--set 1 2 3\n',
    '-A -u 10.0.0.1:53\n-a -u 10.0.0.1:53 -r 10.0.1.3 -w 2\n-A -f 5\n--set 9 2 3\n',
  );
  const text = Array.from(differenceJson(all, { pretty: false })).join('');
  expect(schemaErrors('diff', text)).toEqual([]);
  const server = {
    address: '10.0.1.3',
    port: 53,
    forwarding: 'route',
    upper_threshold: 0,
    lower_threshold: 0,
  };
  expect(JSON.parse(text)).toEqual({
    changes: [
      {
        change: 'edit',
        entry: 'timeouts',
        before: { tcp: 1, tcp_fin: 2, udp: 3 },
        after: { tcp: 9, tcp_fin: 2, udp: 3 },
      },
      {
        change: 'edit',
        entry: 'destination',
        service: 'UDP 10.0.0.1:53',
        before: { ...server, weight: 1 },
        after: { ...server, weight: 2 },
      },
      {
        change: 'add',
        entry: 'service',
        service: 'FWM 5',
        after: { fwmark: 5, family: 'ipv4', scheduler: 'wlc', scheduler_flags: [], flags: [] },
      },
    ],
  });
});

test('names of a file cannot steer the terminal', async () => {
  const text = differenceText(
    await differences(
      '',
      '-A -t 10.0.0.1:80 -s \x1b[2J -p --pe \x1b[31m\n--start-daemon master --mcast-interface \x07\n',
    ),
    { colour: false },
  );
  expect(text).toBe(
    '+ master sync daemon  interface ?, syncid 0\n+ TCP 10.0.0.1:80  ?[2J, persistence 360 s, engine ?[31m\n',
  );
});

test('a sync daemon whose messages the kernel made as long as it allows is no difference', async () => {
  const daemon = (state: string, length: number, group = '224.0.0.81'): string =>
    `--start-daemon ${state} --mcast-interface lo --mcast-group ${group} --sync-maxlen ${length}`;
  const summary = async (running: string, wanted: string): Promise<string> =>
    changesSummary(await differences(running, wanted));
  const nothing = 'Nothing to change.';
  const edited = '1 setting edited.';
  expect(await summary(daemon('backup', 1024), daemon('backup', 1))).toBe(nothing);
  expect(await summary(daemon('backup', 1024), daemon('backup', 1025))).toBe(edited);
  expect(await summary(daemon('master', 1024), daemon('master', 1))).toBe(edited);
  expect(await summary(daemon('master', 65487, 'ff02::1'), daemon('master', 65507, 'ff02::1'))).toBe(nothing);
  expect(await summary(daemon('master', 65487), daemon('master', 65507))).toBe(edited);
});
