import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { transcript } from '../lab/transcript.ts';

let lab: Lab;
let raw: string;
beforeAll(async () => {
  lab = await bootLab();
  raw = await bundleForGuest('test/restore/guest/raw.ts');
});
afterAll(() => lab.powerOff());

const key = { family: 2, protocol: 6, address: '10.0.0.1', port: 80, fwmark: 0 };
const service = {
  ...key,
  scheduler: 'rr',
  flags: 0,
  timeout: 0,
  netmask: 0xffff_ffff,
  persistenceEngine: '',
};
const plain = {
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnelType: 0,
  tunnelPort: 0,
  tunnelFlags: 0,
};

function newService(change: object): string {
  return JSON.stringify({ kind: 'newService', service: { ...service, ...change } });
}

function newServer(last: number, change: object): string {
  const destination = { address: `10.0.2.${last}`, port: 80, forwarding: 2, ...plain, ...change };
  return JSON.stringify({ kind: 'newDest', service: key, destination });
}

/** A transcript of commands on a table that another program has made, with operations that no command line can say. */
async function shows(operations: readonly string[], session: string): Promise<void> {
  writeFileSync(join(lab.directory, 'operations'), `${operations.join('\n')}\n`);
  const before = `node ${shellQuote(raw)} <${lab.directory}/operations || exit`;
  const expected = `${session.trim()}\n`;
  expect(await transcript(lab, expected, { before })).toBe(expected);
}

test('forwarding methods that no option has', async () => {
  await shows(
    [newService({}), ...[1, 4, 5, 7].map((forwarding) => newServer(forwarding, { forwarding }))],
    `
$ ipvsadm -Ln --tun-info
IP Virtual Server version 1.2.1 (size=256)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
TCP  10.0.0.1:80 rr
  -> 10.0.2.1:80                  Local   n/a           1      0          0         
  -> 10.0.2.4:80                  Bypass  n/a           1      0          0         
  -> 10.0.2.5:80                  5       n/a           1      0          0         
  -> 10.0.2.7:80                  7       n/a           1      0          0         
$ # The plain listing takes the word of the kernel's own list.
$ ipvsadm -Ln | tail -4
  -> 10.0.2.1:80                  Local   1      0          0         
  -> 10.0.2.4:80                  Masq    1      0          0         
  -> 10.0.2.5:80                  Masq    1      0          0         
  -> 10.0.2.7:80                  Masq    1      0          0         
$ /usr/sbin/ipvsadm -Ln | grep -c '(null)'
3
$ ipvsadm-save -n
TCP 10.0.0.1:80 10.0.2.4:80: forwarding method 4 is saved as 3
TCP 10.0.0.1:80 10.0.2.5:80: forwarding method 5 is saved as 3
TCP 10.0.0.1:80 10.0.2.7:80: forwarding method 7 is saved as 3
-A -t 10.0.0.1:80 -s rr
-a -t 10.0.0.1:80 -r 10.0.2.1:80 -g -w 1
-a -t 10.0.0.1:80 -r 10.0.2.4:80 -g -w 1
-a -t 10.0.0.1:80 -r 10.0.2.5:80 -g -w 1
-a -t 10.0.0.1:80 -r 10.0.2.7:80 -g -w 1
$ ipvsadm-save -n 2>/dev/null | ipvsadm-restore
$ ipvsadm -Ln | grep -c Route
4`,
  );
});

test('tunnel types and flags that no option has', async () => {
  const gue = { tunnelType: 1, tunnelPort: 6080 };
  await shows(
    [
      newService({}),
      newServer(1, { ...gue, tunnelFlags: 3 }),
      newServer(2, { ...gue, tunnelFlags: 4 }),
      newServer(3, { ...gue, tunnelFlags: 0xffff }),
      newServer(4, { tunnelType: 2, tunnelFlags: 2 }),
      newServer(5, { tunnelType: 2, tunnelFlags: 9 }),
      newServer(6, { tunnelType: 3, tunnelFlags: 1 }),
      newServer(7, { tunnelType: 255 }),
    ],
    `
$ ipvsadm -Ln --tun-info
IP Virtual Server version 1.2.1 (size=256)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
TCP  10.0.0.1:80 rr
  -> 10.0.2.1:80                  Tunnel  gue:6080:3    1      0          0         
  -> 10.0.2.2:80                  Tunnel  gue:6080:4    1      0          0         
  -> 10.0.2.3:80                  Tunnel  gue:6080:65535 1      0          0         
  -> 10.0.2.4:80                  Tunnel  gre:r+c       1      0          0         
  -> 10.0.2.5:80                  Tunnel  gre:9         1      0          0         
  -> 10.0.2.6:80                  Tunnel  3             1      0          0         
  -> 10.0.2.7:80                  Tunnel  255           1      0          0         
$ ipvsadm -S -n 2>losses >rules
$ cat losses
TCP 10.0.0.1:80 10.0.2.1:80: tunnel flags 3 is saved as 2
TCP 10.0.0.1:80 10.0.2.2:80: tunnel flags 4 is saved as 0
TCP 10.0.0.1:80 10.0.2.3:80: tunnel flags 65535 is saved as 2
TCP 10.0.0.1:80 10.0.2.4:80: tunnel flags 2 is saved as 0
TCP 10.0.0.1:80 10.0.2.5:80: tunnel flags 9 is saved as 1
TCP 10.0.0.1:80 10.0.2.6:80: tunnel type 3 is saved as 0
TCP 10.0.0.1:80 10.0.2.7:80: tunnel type 255 is saved as 0
$ cat rules
-A -t 10.0.0.1:80 -s rr
-a -t 10.0.0.1:80 -r 10.0.2.1:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.0.0.1:80 -r 10.0.2.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
-a -t 10.0.0.1:80 -r 10.0.2.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.0.0.1:80 -r 10.0.2.4:80 -i -w 1 --tun-type gre --tun-nocsum
-a -t 10.0.0.1:80 -r 10.0.2.5:80 -i -w 1 --tun-type gre --tun-csum
-a -t 10.0.0.1:80 -r 10.0.2.6:80 -i -w 1 --tun-type ipip
-a -t 10.0.0.1:80 -r 10.0.2.7:80 -i -w 1 --tun-type ipip
$ /usr/sbin/ipvsadm -C; /usr/sbin/ipvsadm -R <rules; ipvsadm -Sn | diff rules -`,
  );
});

test('services that no option has', async () => {
  await shows(
    [
      newService({ scheduler: 'sh', flags: 0x30 }),
      newService({ port: 81, scheduler: 'mh', flags: 0x20 }),
      newService({ port: 82, scheduler: 'none', flags: 0x40 }),
      newService({ port: 83, flags: 1, timeout: 9_999_999 }),
      newService({ protocol: 51 }),
    ],
    `
$ ipvsadm -Ln
IP Virtual Server version 1.2.1 (size=256)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.1:80 sh (sh-port,flag-3)
TCP  10.0.0.1:81 mh (flag-3)
TCP  10.0.0.1:82 none
TCP  10.0.0.1:83 rr persistent 9999999
51   10.0.0.1:80 rr
$ ipvsadm -S -n
TCP 10.0.0.1:82: flags 66 is saved as 2
TCP 10.0.0.1:83: persistence timeout 9999999 is saved as 2678400
51 10.0.0.1:80: no rule can name a service of this protocol, it is left out
-A -t 10.0.0.1:80 -s sh -b sh-port,flag-3
-A -t 10.0.0.1:81 -s mh -b flag-3
-A -t 10.0.0.1:82 -s none
-A -t 10.0.0.1:83 -s rr -p 2678400
$ ipvsadm -S -n 2>/dev/null >rules; ipvsadm-restore <rules; ipvsadm -S -n | diff rules -`,
  );
});

test('timeouts that no option has', async () => {
  await shows(
    ['{"kind":"setConfig","timeouts":{"tcp":9999999,"tcpFin":2678400,"udp":1}}'],
    `
$ ipvsadm-save --all
timeouts: TCP timeout 9999999 is saved as 0
--set 0 2678400 1`,
  );
});

test('a service that vanishes while the table is read is left out, one without servers is not', async () => {
  const vanishing = await bundleForGuest('test/restore/guest/vanishing.ts');
  const { stdout, stderr } = await lab.run(`unshare --net node ${shellQuote(vanishing)}`);
  expect(stdout + stderr).toBe('10.0.0.1\n10.0.0.3\n');
});
