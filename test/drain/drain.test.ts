import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedPrograms, type Programs } from '../conformance/script.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { transcript } from '../lab/transcript.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(async () => {
  await lab.powerOff();
});

const here = join(projectRoot, 'test/drain');

/** Client, director and servers, of which some are in the service 10.9.0.1:80 by masquerading. */
function network(...servers: readonly number[]): string {
  return `
HERE=${shellQuote(here)}
. "$HERE/network.sh"
serve 20 10.8.0.{11,12,13,14,15,16,17,18}:80
rules() { echo "-A -t 10.9.0.1:80 -s rr"; for last in "$@"; do echo "-a -t 10.9.0.1:80 -r 10.8.0.$last -m -w 3"; done; }
director() { exec ip netns exec director "$@"; }
rules ${servers.join(' ')} | at director ipvsadm apply`;
}

/** weight_is WEIGHT: waits until a server has it. */
const weightIs = `weight_is() { until at director ipvsadm -Ln | grep -q "Masq    $1 "; do sleep 0.1; done; }`;

/** counts: leaves out of messages how many connections there are. */
const counts = `counts() { sed 's/[0-9]* active and [0-9]* inactive/N active and N inactive/'; }`;

/** Times and what depends on them differ from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/after \d+\.\d s/g, 'after N s');
}

async function showsWith(programs: Programs, session: string, before: string): Promise<void> {
  const expected = `${session.trim()}\n`;
  expect(withoutTimes(await transcript(lab, expected, { before, programs }))).toBe(expected);
}

describe.each(namedPrograms())('$name', ({ programs }) => {
  const shows = (session: string, before: string): Promise<void> => showsWith(programs, session, before);

  test('drained, timed out and interrupted, with a connection that is held', async () => {
    await shows(
      `
$ hold 10.9.0.1 80
$ at director ipvsadm -Ln | tail -1
  -> 10.8.0.11:80                 Masq    3      1          0         
$ at director ipvsadm drain -r 10.8.0.11 -t 10.9.0.1:80 --timeout 1
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: 1 active and 0 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
[1]
$ at director ipvsadm -Ln | tail -1
  -> 10.8.0.11:80                 Masq    0      1          0         
$ at director ipvsadm undrain -r 10.8.0.11 -t 10.9.0.1:80
10.8.0.11:80 in TCP 10.9.0.1:80: weight 3
$ director ipvsadm drain -r 10.8.0.11:80 --everywhere & drain=$!; weight_is 0; kill -INT $drain; wait $drain
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: 1 active and 0 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
[130]
$ director ipvsadm drain -r 10.8.0.11 --everywhere & drain=$!; sleep 1; kill -TERM $drain; wait $drain
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: 1 active and 0 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
[143]
$ director ipvsadm drain -r 10.8.0.11 --everywhere & drain=$!; sleep 1; at director ipvsadm set -t 10.9.0.1:80 -r 10.8.0.11 -w 9; wait $drain
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: another program gave it the weight 9
[3]
$ director ipvsadm drain -r 10.8.0.11 --everywhere --then delete & drain=$!; sleep 1; let_go; wait $drain
10.8.0.11:80 in TCP 10.9.0.1:80: drained after N s, deleted
$ tail -1 held
10.8.0.11:80
$ at director ipvsadm -Sn
-A -t 10.9.0.1:80 -s rr
$ at director ipvsadm drain -r 10.8.0.11 --everywhere
ipvsadm drain: no server 10.8.0.11 in any service
[2]
$ at director ipvsadm undrain -r 10.8.0.11 -t 10.9.0.2:80
ipvsadm undrain: No such service
[2]
$ at director ipvsadm drain -r 10.8.0.11
ipvsadm drain: of which service? either -t, -u, --sctp-service or -f, or --everywhere
[2]
$ ls /run/ipvsadm/weights-*
`,
      `${network(11)}
${weightIs}`,
    );
  });

  test('timed out, interrupted, drained and deleted under load: no request fails', async () => {
    await shows(
      `
$ hold 10.9.0.1 80; rules 11 12 13 | at director ipvsadm apply
2 servers added.
$ LOAD_STARTED=started at client node "$HERE/guest/load.mjs" 10.9.0.1 80 4000 8 >load & load=$!; until_file started
$ at director ipvsadm drain -r 10.8.0.12 --everywhere --timeout 1 2>message
[1]
$ counts <message
ipvsadm drain: 10.8.0.12:80 in TCP 10.9.0.1:80: N active and N inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
$ at director ipvsadm undrain -r 10.8.0.12 --everywhere
10.8.0.12:80 in TCP 10.9.0.1:80: weight 3
$ director ipvsadm drain -r 10.8.0.12 --everywhere 2>message & drain=$!; weight_is 0; kill -INT $drain; wait $drain
[130]
$ counts <message
ipvsadm drain: 10.8.0.12:80 in TCP 10.9.0.1:80: N active and N inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
$ let_go
$ at director ipvsadm drain -r 10.8.0.12 --everywhere --then delete --timeout 60
10.8.0.12:80 in TCP 10.9.0.1:80: drained after N s, deleted
$ kill -0 $load
$ at director ipvsadm -Sn
-A -t 10.9.0.1:80 -s rr
-a -t 10.9.0.1:80 -r 10.8.0.11:80 -m -w 3
-a -t 10.9.0.1:80 -r 10.8.0.13:80 -m -w 3
$ wait $load; head -1 load
4000 requests, 0 failed
$ wc -l <load
4
`,
      `${network(12)}
${weightIs}
${counts}`,
    );
  });

  test('apply swaps half of the servers under load: no request fails', async () => {
    await shows(
      `
$ LOAD_STARTED=started at client node "$HERE/guest/load.mjs" 10.9.0.1 80 2000 8 >load & load=$!; until_file started
$ rules 11 12 15 16 | at director ipvsadm apply --drain=60
2 servers added, 2 servers removed.
$ rules 11 12 15 16 | at director ipvsadm diff
$ wait $load; head -1 load
2000 requests, 0 failed
$ wc -l <load
7
`,
      network(11, 12, 13, 14),
    );
  });

  test('two applies at once, and one that is killed in the middle', async () => {
    await shows(
      `
$ hold 10.9.0.1 80; rules 12 >new
$ director ipvsadm apply --drain new & apply=$!; until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done
$ at director ipvsadm apply --wait 0 new 2>&1 | sed "s/process $apply/process P/; s/table-[0-9]*/table-N/"
ipvsadm apply: another program (process P) is changing the table (it holds /run/ipvsadm/table-N.lock): nothing was changed
$ at director ipvsadm apply --wait 0 new 2>/dev/null
[2]
$ director ipvsadm apply --wait 60 new >second & second=$!; sleep 1; [ ! -s second ]; kill -KILL $apply; wait $apply 2>/dev/null; wait $second; cat second
1 server removed.
$ at director ipvsadm diff new
$ rules 11 12 | at director ipvsadm apply
1 server added.
$ director ipvsadm apply --drain new & apply=$!; until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done; kill -KILL $apply; wait $apply 2>/dev/null
[137]
$ at director ipvsadm diff new
  TCP 10.9.0.1:80
-   10.8.0.11:80  Masq, weight 0
[1]
$ at director ipvsadm apply --wait 0 new
1 server removed.
$ at director ipvsadm diff new
`,
      network(11),
    );
  });

  test('apply --drain: interrupted it gives the weights back, late it removes all the same', async () => {
    await shows(
      `
$ hold 10.9.0.1 80; rules 12 >new
$ director ipvsadm apply --drain new & apply=$!; until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done; kill -INT $apply; wait $apply
ipvsadm apply: interrupted; the table is as it was
[130]
$ at director ipvsadm -Sn
-A -t 10.9.0.1:80 -s rr
-a -t 10.9.0.1:80 -r 10.8.0.11:80 -m -w 3
$ director ipvsadm apply --drain new & apply=$!; until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done; at director ipvsadm set -t 10.9.0.1:80 -r 10.8.0.11 -w 7; wait $apply
ipvsadm apply: another program gave 10.8.0.11:80 in TCP 10.9.0.1:80 a weight again while it was drained; the table is as it was
[1]
$ at director ipvsadm apply --drain=1 new
ipvsadm apply: 10.8.0.11:80 in TCP 10.9.0.1:80 was removed with 1 active and 0 inactive connections, 0 persistent clients
1 server added, 1 server removed.
$ at director ipvsadm diff new
`,
      network(11),
    );
  });

  test('a change from outside during the run is reported', async () => {
    await shows(
      `
$ hold 10.9.0.1 80; rules 12 >new
$ director ipvsadm apply --drain new & apply=$!; until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done; at director ipvsadm -a -t 10.9.0.1:80 -r 10.8.0.14 -m; let_go; wait $apply
ipvsadm apply: another program changed the table meanwhile; from what was applied to what is there now:
  TCP 10.9.0.1:80
+   10.8.0.14:80  Masq, weight 1
[1]
`,
      network(11),
    );
  });

  test('apply --verify reads back what was not changed too', async () => {
    await shows(
      `
$ hold 10.9.0.1 80; echo '-A -t 10.9.0.1:81 -s rr' >beside; at director ipvsadm -R <beside
$ wait_for_drain() { until at director ipvsadm -Ln | grep -q 'Masq    0 '; do sleep 0.1; done; }
$ { rules 12; cat beside; } >new
$ director ipvsadm apply --drain=2 new 2>/dev/null & apply=$!; wait_for_drain; at director ipvsadm -E -t 10.9.0.1:81 -s wlc; wait $apply
1 server added, 1 server removed.
$ hold 10.9.0.1 80; { rules 13; echo '-A -t 10.9.0.1:81 -s wlc'; } >new
$ director ipvsadm apply --drain=2 --verify new & apply=$!; wait_for_drain; at director ipvsadm -E -t 10.9.0.1:81 -s lc; wait $apply
ipvsadm apply: 10.8.0.12:80 in TCP 10.9.0.1:80 was removed with 1 active and 0 inactive connections, 0 persistent clients
ipvsadm apply: another program changed the table meanwhile; from what was applied to what is there now:
~ TCP 10.9.0.1:81  scheduler wlc -> lc
[1]
`,
      network(11),
    );
  });

  test('what is alike, and what is edited, keeps its connections and counters', async () => {
    await shows(
      `
$ at client node "$HERE/guest/load.mjs" 10.9.0.1 80 20 2
20 requests, 0 failed
10.8.0.11:80 10
10.8.0.12:80 10
$ hold 10.9.0.1 80; sleep 3
$ at director ipvsadm -Ln --stats --exact >before; grep -c ' 0 ' before
0
[1]
$ { rules 11; echo '-a -t 10.9.0.1:80 -r 10.8.0.12 -m -w 7'; } | at director ipvsadm apply
1 server edited.
$ at director ipvsadm -Ln --stats --exact | diff before -
$ at director ipvsadm -Ln | awk '/Masq/ { n += $5; print $3, $4 } END { print n " active" }'
Masq 3
Masq 7
1 active
$ let_go; wait %2; tail -1 held | sed 's/1[12]:80/1X:80/'
10.8.0.1X:80
`,
      network(11, 12),
    );
  });

  test('weights are not remembered where somebody else could change them', async () => {
    await shows(
      `
$ ln -s /tmp /run/ipvsadm
$ ipvsadm -A -t 10.0.0.1:80
$ ipvsadm -a -t 10.0.0.1:80 -r 10.0.1.1 -m -w 4
$ ipvsadm drain -r 10.0.1.1 -t 10.0.0.1:80
ipvsadm drain: /run/ipvsadm is not a folder of this user alone: remove it and try again
[2]
$ ipvsadm -Ln | tail -1
  -> 10.0.1.1:80                  Masq    4      0          0         
$ rm /run/ipvsadm; ipvsadm drain -r 10.0.1.1 -t 10.0.0.1:80 >/dev/null
$ stat -c '%A %U %n' /run/ipvsadm /run/ipvsadm/* /run/ipvsadm/*/* | sed 's,-[-0-9a-f]*$,-N,; s,-[-0-9a-f]*/,-N/,'
drwx------ root /run/ipvsadm
drwx------ root /run/ipvsadm/weights-N
-rw------- root /run/ipvsadm/weights-N/TCP_10.0.0.1:80_10.0.1.1:80
`,
      '',
    );
  });

  test('a namespace that is gone leaves no weight to the next one with its inode', async () => {
    await shows(
      `
$ server='ipvsadm -A -t 10.0.0.1:80; ipvsadm -a -t 10.0.0.1:80 -r 10.0.1.1 -m -w'; word='-r 10.0.1.1 -t 10.0.0.1:80'
$ unshare -n bash -c "ip link set lo up; $server 4; ipvsadm drain $word >drained; ipvsadm undrain $word; ipvsadm drain $word; readlink /proc/self/ns/net >first"
10.0.1.1:80 in TCP 10.0.0.1:80: weight 4
10.0.1.1:80 in TCP 10.0.0.1:80: drained after N s, its weight stays 0 (undrain gives back 4)
$ until unshare -n bash -c "same_inode; ip link set lo up; $server 0; ipvsadm undrain $word"; [ $? != 9 ]; do sleep 0.1; done
ipvsadm undrain: 10.0.1.1:80 in TCP 10.0.0.1:80: no weight is remembered; use set -w
$ ls /run/ipvsadm | wc -l
1
`,
      // Namespaces go some time after their last process; those with another inode are kept, or it would come again.
      `same_inode() { readlink /proc/self/ns/net | cmp -s - first || { sleep 60 >/dev/null 2>&1 & exit 9; }; }
export -f same_inode`,
    );
  });

  test('persistence: what pins clients is told, and the setting that decides it is heeded', async () => {
    await shows(
      `
$ at director ipvsadm set -t 10.9.0.1:80 -p 100
$ at client node "$HERE/guest/load.mjs" 10.9.0.1 80 1 1
1 requests, 0 failed
10.8.0.11:80 1
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --timeout 1
ipvsadm drain: TCP 10.9.0.1:80 is persistent: its clients come back to the server until they stay away for 100 s, because net.ipv4.vs.expire_quiescent_template is 0 (/proc/sys/net/ipv4/vs/expire_quiescent_template)
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: 0 active and 1 inactive connections, 1 persistent client after N s; its weight stays 0 (undrain gives back 3)
[1]
$ at director sysctl -q net.ipv4.vs.expire_quiescent_template=1
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --timeout 1
10.8.0.11:80 in TCP 10.9.0.1:80: drained after N s, its weight stays 0 (undrain gives back 3)
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --timeout 1 --idle
ipvsadm drain: 10.8.0.11:80 in TCP 10.9.0.1:80: 0 active and 1 inactive connections, 1 persistent client after N s; its weight stays 0 (undrain gives back 3)
[1]
`,
      network(11),
    );
  });

  test('UDP counts until it expires', async () => {
    await shows(
      `
$ at director ipvsadm -A -u 10.9.0.1:53 -s rr
$ at director ipvsadm -a -u 10.9.0.1:53 -r 10.8.0.11 -m
$ at director ipvsadm --set 0 0 3
$ echo question | at client socat -u - UDP:10.9.0.1:53
$ at director ipvsadm drain -r 10.8.0.11 -u 10.9.0.1:53 --timeout 1
ipvsadm drain: 10.8.0.11:53 in UDP 10.9.0.1:53: 0 active and 1 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 1)
[1]
$ at director ipvsadm drain -r 10.8.0.11 -u 10.9.0.1:53 --timeout 30
10.8.0.11:53 in UDP 10.9.0.1:53: drained after N s, its weight stays 0 (undrain gives back 1)
$ at director tc qdisc add dev front clsact
$ at director tc filter add dev front ingress matchall action skbedit mark 7
$ at director ipvsadm -C
$ at director ipvsadm -A -f 7 -s rr
$ at director ipvsadm -a -f 7 -r 10.8.0.11 -m
$ at client node "$HERE/guest/load.mjs" 10.9.0.1 80 1 1
1 requests, 0 failed
10.8.0.11:80 1
$ echo question | at client socat -u - UDP:10.9.0.1:53
$ at director ipvsadm drain -r 10.8.0.11 -f 7 --timeout 1
ipvsadm drain: 10.8.0.11:0 in FWM 7: 0 active and 2 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 1)
[1]
$ at director ipvsadm drain -r 10.8.0.11 -f 7 --timeout 30 --then delete
10.8.0.11:0 in FWM 7: drained after N s, deleted
$ # Connections of another service to the same server are none of the mark's, unless they are marked too.
$ at director ipvsadm --set 0 0 300
$ at director tc filter del dev front ingress; at director tc filter add dev front ingress protocol ip u32 match ip protocol 6 0xff action skbedit mark 7
$ at director ipvsadm -a -f 7 -r 10.8.0.12 -m
$ at director ipvsadm -A -u 10.9.0.1:53 -s rr
$ at director ipvsadm -a -u 10.9.0.1:53 -r 10.8.0.12 -m
$ at client node "$HERE/guest/load.mjs" 10.9.0.1 80 1 1
1 requests, 0 failed
10.8.0.12:80 1
$ echo question | at client socat -u - UDP:10.9.0.1:53
$ at director ipvsadm -Ln | awk '/Masq/ { print $1, $2, $6 }'
-> 10.8.0.12:53 1
-> 10.8.0.12:0 1
$ at director ipvsadm drain -r 10.8.0.12 -f 7 --timeout 5
10.8.0.12:0 in FWM 7: drained after N s, its weight stays 0 (undrain gives back 1)
$ at director ipvsadm undrain -r 10.8.0.12 -f 7
10.8.0.12:0 in FWM 7: weight 1
$ at director tc filter add dev front ingress matchall action skbedit mark 7
$ echo question | at client socat -u - UDP:10.9.0.1:53,sourceport=5353
$ at director ipvsadm drain -r 10.8.0.12 -f 7 --timeout 1
ipvsadm drain: 10.8.0.12:0 in FWM 7: 0 active and 2 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 1)
[1]
`,
      network(11),
    );
  });

  test('servers by IPv6: drained under load, held, persistent, UDP and by mark', async () => {
    await shows(
      `
$ for last in 11 12 13; do echo "-a -t [fd00:9::1]:80 -r [fd00:8::$last]:80 -m -w 3"; done | { echo '-A -t [fd00:9::1]:80 -s rr'; cat; } >rules
$ at director ipvsadm apply rules
1 service added, 1 service removed, 3 servers added, 1 server removed.
$ LOAD_STARTED=started at client node "$HERE/guest/load.mjs" fd00:9::1 80 1000 8 >load & load=$!; until_file started
$ at director ipvsadm drain -r fd00:8::12 --everywhere --then delete --timeout 60
[fd00:8::12]:80 in TCP [fd00:9::1]:80: drained after N s, deleted
$ wait $load; sed 's/:80 [0-9]*$/:80/' load
1000 requests, 0 failed
[fd00:8::11]:80
[fd00:8::12]:80
[fd00:8::13]:80
$ at director ipvsadm -d -t [fd00:9::1]:80 -r [fd00:8::13]:80; hold fd00:9::1 80
$ at director ipvsadm drain -r [fd00:8::11]:80 -t [fd00:9::1]:80 --timeout 1 2>message
[1]
$ counts <message
ipvsadm drain: [fd00:8::11]:80 in TCP [fd00:9::1]:80: N active and N inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 3)
$ director ipvsadm drain -r fd00:8::11 -t [fd00:9::1]:80 & drain=$!; sleep 1; let_go; wait $drain
[fd00:8::11]:80 in TCP [fd00:9::1]:80: drained after N s, its weight stays 0 (undrain gives back 3)
$ at director ipvsadm undrain -r fd00:8::11 -t [fd00:9::1]:80
[fd00:8::11]:80 in TCP [fd00:9::1]:80: weight 3
$ at director ipvsadm -Sn
-A -t [fd00:9::1]:80 -s rr
-a -t [fd00:9::1]:80 -r [fd00:8::11]:80 -m -w 3
$ at director ipvsadm set -t [fd00:9::1]:80 -p 100 -M 64
$ at client node "$HERE/guest/load.mjs" fd00:9::1 80 1 1
1 requests, 0 failed
[fd00:8::11]:80 1
$ at director ipvsadm drain -r fd00:8::11 --everywhere --timeout 1 2>message
[1]
$ counts <message
ipvsadm drain: TCP [fd00:9::1]:80 is persistent: its clients come back to the server until they stay away for 100 s, because net.ipv4.vs.expire_quiescent_template is 0 (/proc/sys/net/ipv4/vs/expire_quiescent_template)
ipvsadm drain: [fd00:8::11]:80 in TCP [fd00:9::1]:80: N active and N inactive connections, 1 persistent client after N s; its weight stays 0 (undrain gives back 3)
$ printf '%s\\n' '-A -f 7 -6 -s rr' '-a -f 7 -6 -r [fd00:8::14]:0 -m' '-A -u [fd00:9::1]:53 -s rr' '-a -u [fd00:9::1]:53 -r [fd00:8::15]:53 -m' '--set 0 0 10' | at director ipvsadm apply
2 services added, 1 service removed, 2 servers added, 1 server removed, 1 setting edited.
$ echo question | at client socat -u - UDP6:[fd00:9::1]:53
$ at director tc qdisc add dev front clsact; at director tc filter add dev front ingress matchall action skbedit mark 7
$ echo question | at client socat -u - UDP6:[fd00:9::1]:53,sourceport=5353
$ for word in '-f 7 -6 -r fd00:8::14' '-u [fd00:9::1]:53 -r fd00:8::15'; do at director ipvsadm drain $word --timeout 1; done
ipvsadm drain: [fd00:8::14]:0 in FWM 7 IPv6: 0 active and 1 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 1)
ipvsadm drain: [fd00:8::15]:53 in UDP [fd00:9::1]:53: 0 active and 1 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 1)
[1]
$ for word in '-f 7 -6 -r fd00:8::14' '-u [fd00:9::1]:53 -r fd00:8::15'; do at director ipvsadm drain $word --timeout 30; done
[fd00:8::14]:0 in FWM 7 IPv6: drained after N s, its weight stays 0 (undrain gives back 1)
[fd00:8::15]:53 in UDP [fd00:9::1]:53: drained after N s, its weight stays 0 (undrain gives back 1)
`,
      `${network(11)}
serve 20 [fd00:8::11]:80 [fd00:8::12]:80 [fd00:8::13]:80
${counts}`,
    );
  });

  test('SCTP: counts as TCP does', async () => {
    await shows(
      `
$ printf '%s\\n' '-A --sctp-service 10.9.0.1:3868 -s rr' '-a --sctp-service 10.9.0.1:3868 -r 10.8.0.11 -m -w 4' | at director ipvsadm apply
1 service added, 1 service removed, 1 server added, 1 server removed.
$ associate
$ at director ipvsadm -Ln | tail -1
  -> 10.8.0.11:3868               Masq    4      1          0         
$ at director ipvsadm drain -r 10.8.0.11 --sctp-service 10.9.0.1:3868 --timeout 1
ipvsadm drain: 10.8.0.11:3868 in SCTP 10.9.0.1:3868: 1 active and 0 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 4)
[1]
$ at director ipvsadm undrain -r 10.8.0.11 --sctp-service 10.9.0.1:3868
10.8.0.11:3868 in SCTP 10.9.0.1:3868: weight 4
$ director ipvsadm drain -r 10.8.0.11:3868 --everywhere & drain=$!; weight_is 0; kill -INT $drain; wait $drain
ipvsadm drain: 10.8.0.11:3868 in SCTP 10.9.0.1:3868: 1 active and 0 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 4)
[130]
$ director ipvsadm drain -r 10.8.0.11 --sctp-service 10.9.0.1:3868 & drain=$!; sleep 1; part; wait $drain
10.8.0.11:3868 in SCTP 10.9.0.1:3868: drained after N s, its weight stays 0 (undrain gives back 4)
$ cat answer
10.8.0.11
$ at director ipvsadm -Ln | tail -1
  -> 10.8.0.11:3868               Masq    0      0          1         
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --timeout 1 --idle
ipvsadm drain: 10.8.0.11:3868 in SCTP 10.9.0.1:3868: 0 active and 1 inactive connections, 0 persistent clients after N s; its weight stays 0 (undrain gives back 4)
[1]
$ at director ipvsadm undrain -r 10.8.0.11 --everywhere
10.8.0.11:3868 in SCTP 10.9.0.1:3868: weight 4
$ at director ipvsadm set --sctp-service 10.9.0.1:3868 -p 100; associate; part
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --timeout 3 2>message
[1]
$ counts <message
ipvsadm drain: SCTP 10.9.0.1:3868 is persistent: its clients come back to the server until they stay away for 100 s, because net.ipv4.vs.expire_quiescent_template is 0 (/proc/sys/net/ipv4/vs/expire_quiescent_template)
ipvsadm drain: 10.8.0.11:3868 in SCTP 10.9.0.1:3868: N active and N inactive connections, 1 persistent client after N s; its weight stays 0 (undrain gives back 4)
$ at director sysctl -q net.ipv4.vs.expire_quiescent_template=1
$ at director ipvsadm drain -r 10.8.0.11 --everywhere --then delete
10.8.0.11:3868 in SCTP 10.9.0.1:3868: drained after N s, deleted
`,
      `${network(11)}
${weightIs}
${counts}
modprobe sctp
at servers socat SCTP-LISTEN:3868,bind=10.8.0.11,fork,reuseaddr SYSTEM:'read line; echo 10.8.0.11' &
mkfifo question
associate() { at client socat - SCTP:10.9.0.1:3868 <question >answer & association=$!; exec 9>question; associated; }
associated() { until at director ipvsadm -Lnc | grep -q 'SCTP.*ESTABLISHED'; do sleep 0.1; done; }
part() { echo end >&9; exec 9>&-; wait $association; }`,
    );
  });

  test('on a terminal: what is left is shown while it waits, and differences in colour', async () => {
    await shows(
      `
$ hold 10.9.0.1 80
$ terminal 110 6 'ip netns exec director ipvsadm drain -r 10.8.0.11 --everywhere'
$ shows '10.8.0.11:80 in TCP 10.9.0.1:80: 1 active and 0 inactive connections, 0 persistent clients, [0-9]+ s'
$ let_go; shows 'ended 0'; screen
10.8.0.11:80 in TCP 10.9.0.1:80: drained after N s, its weight stays 0 (undrain gives back 3)
ended 0
$ echo '-A -t 10.9.0.1:80 -s wlc' >wlc; terminal 110 6 'ip netns exec director ipvsadm diff wlc'
$ shows 'ended 1'; screen -e | cat -v
^[[33m~ TCP 10.9.0.1:80  scheduler rr -> wlc
^[[31m-   10.8.0.11:80  Masq, weight 0
^[[39mended 1
`,
      `${network(11)}
. ${shellQuote(join(projectRoot, 'test/lab/terminal.sh'))}`,
    );
  });
});
