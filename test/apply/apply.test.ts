import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedPrograms, type Programs } from '../conformance/script.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { transcript } from '../lab/transcript.ts';

let lab: Lab;
let files: string;
beforeAll(async () => {
  lab = await bootLab();
  files = lab.directory;
  file(
    'old.rules',
    `# two services by address, one by mark
-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.1.1 -m
-a -t 10.0.0.1:80 -r 10.0.1.2 -m -w 2

-A -u 10.0.0.1:53 -s rr -p 300 -M 255.255.255.0
-a -u 10.0.0.1:53 -r 10.0.1.3
-A -f 3 -6 -s wlc
-a -f 3 -6 -r [2001:db8::1]:0 -i --tun-type gue --tun-port 6080 --tun-csum
`,
  );
  file(
    'new.rules',
    `-A -t 10.0.0.1:80 -s wlc
-a -t 10.0.0.1:80 -r 10.0.1.1 -m -w 5 -x 100 -y 50
-a -t 10.0.0.1:80 -r 10.0.1.4 -m -w 2
-A -u 10.0.0.1:53 -s rr
-a -u 10.0.0.1:53 -r 10.0.1.3
-A -t [2001:db8::10]:443 -s mh -b mh-port
--set 600 0 200
--start-daemon master --mcast-interface lo
`,
  );
});
afterAll(async () => {
  await lab.powerOff();
});

function file(name: string, text: string): void {
  writeFileSync(join(files, name), text);
}

async function showsWith(programs: Programs, session: string, before: string): Promise<void> {
  const expected = `${session.trim()}\n`;
  const links = `ln -s ${files}/*.rules .\n`;
  expect(await transcript(lab, expected, { before: links + before, programs })).toBe(expected);
}

describe.each(namedPrograms())('$name', ({ programs }) => {
  const shows = (session: string, before = ''): Promise<void> => showsWith(programs, session, before);

  test('diff, apply and diff again', async () => {
    await shows(`
$ ipvsadm diff old.rules
+ TCP 10.0.0.1:80  wrr
+   10.0.1.1:80  Masq, weight 1
+   10.0.1.2:80  Masq, weight 2
+ UDP 10.0.0.1:53  rr, persistence 300 s, netmask 255.255.255.0
+   10.0.1.3:53  Route, weight 1
+ FWM 3 IPv6  wlc
+   [2001:db8::1]:0  Tunnel, tunnel gue port 6080 csum, weight 1
[1]
$ ipvsadm apply old.rules
3 services added, 4 servers added.
$ ipvsadm diff old.rules
$ ipvsadm apply old.rules
Nothing to change.
$ ipvsadm apply --dry-run new.rules
~ timeouts  tcp 900 s -> 600 s, udp 300 s -> 200 s
+ master sync daemon  interface lo, syncid 0
~ TCP 10.0.0.1:80  scheduler wrr -> wlc
~   10.0.1.1:80  weight 1 -> 5, upper threshold 0 -> 100, lower threshold 0 -> 50
+   10.0.1.4:80  Masq, weight 2
-   10.0.1.2:80  Masq, weight 2
~ UDP 10.0.0.1:53  persistence 300 s -> none, netmask 255.255.255.0 -> none
+ TCP [2001:db8::10]:443  mh, flags mh-port
- FWM 3 IPv6  wlc
-   [2001:db8::1]:0  Tunnel, tunnel gue port 6080 csum, weight 1
$ ipvsadm diff old.rules
$ ipvsadm apply --verify new.rules
1 service added, 2 services edited, 1 service removed, 1 server added, 1 server edited, 2 servers removed, 1 setting added, 1 setting edited.
$ ipvsadm diff new.rules
$ ipvsadm-save -n --all
-A -t 10.0.0.1:80 -s wlc
-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 5 -x 100 -y 50
-a -t 10.0.0.1:80 -r 10.0.1.4:80 -m -w 2
-A -u 10.0.0.1:53 -s rr
-a -u 10.0.0.1:53 -r 10.0.1.3:53 -g -w 1
-A -t [2001:db8::10]:443 -s mh -b mh-port
--start-daemon master --mcast-interface=lo --syncid=0 --sync-maxlen=1472 --mcast-group=224.0.0.81 --mcast-port=8848 --mcast-ttl=1
--set 600 120 200
$ ipvsadm -L --timeout
Timeout (tcp tcpfin udp): 600 120 200
$ ipvsadm-save -n --all | ipvsadm diff -
$ ipvsadm -S -n --json | ipvsadm diff
$ ipvsadm diff --json <<<'-A -u 10.0.0.1:53 -s rr' --only udp
{"changes":[{"change":"remove","entry":"destination","service":"UDP 10.0.0.1:53","before":{"address":"10.0.1.3","port":53,"forwarding":"route","weight":1,"upper_threshold":0,"lower_threshold":0}}]}
[1]
`);
  });

  test('without kernel or privileges: two files, and check', async () => {
    file(
      'bad.rules',
      `-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w x
-A -w 5 -t 10.0.0.2:80
-L -n
\u001b[31mred
`,
    );
    await shows(
      `
$ $user ipvsadm diff old.rules new.rules
+ master sync daemon  interface lo, syncid 0
~ TCP 10.0.0.1:80  scheduler wrr -> wlc
~   10.0.1.1:80  weight 1 -> 5, upper threshold 0 -> 100, lower threshold 0 -> 50
+   10.0.1.4:80  Masq, weight 2
-   10.0.1.2:80  Masq, weight 2
~ UDP 10.0.0.1:53  persistence 300 s -> none, netmask 255.255.255.0 -> none
+ TCP [2001:db8::10]:443  mh, flags mh-port
- FWM 3 IPv6  wlc
-   [2001:db8::1]:0  Tunnel, tunnel gue port 6080 csum, weight 1
[1]
$ $user ipvsadm check old.rules
$ $user ipvsadm check bad.rules
bad.rules:2:40: illegal weight specified
  -a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w x
                                         ^
bad.rules:3:4: Illegal 'weight' option with the 'add-service' command
  -A -w 5 -t 10.0.0.2:80
     ^
bad.rules:4:1: a rule file has no -L, only -A, -a, --set and --start-daemon
  -L -n
  ^
bad.rules:5:1: a rule begins with -A, -a, --set and --start-daemon
  ?[31mred
  ^
[2]
$ $user ipvsadm diff bad.rules old.rules
ipvsadm diff: bad.rules:2:40: illegal weight specified (and 3 more; ipvsadm check shows them)
[2]
$ $user ipvsadm diff old.rules
ipvsadm diff: Can't initialize ipvs: Permission denied (you must be root)
Are you sure that IP Virtual Server is built in the kernel or as module?
[2]
$ $user ipvsadm diff missing.rules
ipvsadm diff: can't read missing.rules: no such file or directory
[2]
$ $user ipvsadm diff - -
ipvsadm diff: only one of the files can be standard input
[2]
`,
      `user='setpriv --reuid 65534 --regid 65534 --clear-groups'; chmod 711 ..`,
    );
  });

  test('two files are compared, and one is checked, without a message to a kernel', async () => {
    await shows(
      `
$ export IPVSADM_DEBUG=netlink
$ ipvsadm diff old.rules old.rules; ipvsadm check old.rules
$ ipvsadm diff old.rules new.rules | head -1
+ master sync daemon  interface lo, syncid 0
$ ipvsadm diff old.rules 2>&1 | sed -n 's/^> \\(getService\\) .*/\\1/p' | sort -u
getService
`,
    );
  });

  test('a refusal leaves everything as it was and is told with its line', async () => {
    file(
      'refused.rules',
      `-A -t 10.0.0.1:80 -s wlc
-a -t 10.0.0.1:80 -r 10.0.1.1 -m -w 9
-a -t 10.0.0.1:80 -r 10.0.1.8 -m
# the kernel has no such scheduler
-A -t 10.0.0.7:80 -s nosuch
-a -t 10.0.0.7:80 -r 10.0.1.8 -m
--set 1 2 3
`,
    );
    await shows(
      `
$ ipvsadm-save -n --all >before
$ ipvsadm apply refused.rules
ipvsadm apply: refused.rules:5: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
[1]
$ ipvsadm-save -n --all | diff before -
$ ipvsadm -L --timeout
Timeout (tcp tcpfin udp): 900 120 300
`,
      'ipvsadm apply old.rules',
    );
  });

  test('a refusal at each line, and one of a setting, leaves everything as it was', async () => {
    await shows(
      `
$ ipvsadm-save -n --all >before
$ with_refused() { head -$1 new.rules; echo '-A -t 10.0.0.7:80 -s nosuch'; tail -n +$(($1 + 1)) new.rules; }
$ for at in {0..8}; do with_refused $at >each; ipvsadm apply each; ipvsadm-save -n --all | diff before -; done
ipvsadm apply: each:1: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:2: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:3: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:4: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:5: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:6: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:7: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:8: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
ipvsadm apply: each:9: adding TCP 10.0.0.7:80: Scheduler or persistence engine not found; the table is as it was
$ sed 's/interface lo/interface nosuch/' new.rules | ipvsadm apply
ipvsadm apply: starting the master sync daemon: No such device; the table is as it was
[1]
$ ipvsadm-save -n --all | diff before -
`,
      'ipvsadm apply old.rules',
    );
  });

  test('a sync daemon starts when servers of another family are gone, and what it gets is no difference', async () => {
    await shows(
      `
$ echo '-A -t 10.0.0.1:80' >service; { cat service; echo '-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -i'; } >mixed
$ ipvsadm apply mixed
1 service added, 1 server added.
$ { cat service; echo '--start-daemon backup --mcast-interface lo --sync-maxlen 1000'; } >daemon
$ ipvsadm apply daemon
1 server removed, 1 setting added.
$ ipvsadm -L --daemon
backup sync daemon (mcast=lo, syncid=0, maxlen=1024, group=224.0.0.81, port=8848, ttl=1)
$ ipvsadm apply daemon
Nothing to change.
`,
    );
  });

  test('limits: what is outside of them stays', async () => {
    await shows(
      `
$ printf '%s\\n' '-A -t 10.0.0.1:80 -s rr' '-a -t 10.0.0.1:80 -r 10.0.1.1 -m -w 77' '-A -t 10.0.0.1:81' >part
$ ipvsadm diff --only :80 --keep-weights --no-delete part
~ TCP 10.0.0.1:80  scheduler wrr -> rr
[1]
$ ipvsadm diff --only :80 part
~ TCP 10.0.0.1:80  scheduler wrr -> rr
~   10.0.1.1:80  weight 1 -> 77
-   10.0.1.2:80  Masq, weight 2
[1]
$ ipvsadm apply --except udp,fwmark part
1 service added, 1 service edited, 1 server edited, 1 server removed.
$ ipvsadm-save -n --all
-A -t 10.0.0.1:80 -s rr
-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 77
-A -t 10.0.0.1:81 -s wlc
-A -u 10.0.0.1:53 -s rr -p 300 -M 255.255.255.0
-a -u 10.0.0.1:53 -r 10.0.1.3:53 -g -w 1
-A -f 3 -6 -s wlc
-a -f 3 -6 -r [2001:db8::1]:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
--set 900 120 300
$ ipvsadm apply --only http part
ipvsadm apply: --only http: no such form; selectors look like tcp, 10.0.0.0/8, :80, :8000-8099, 10.0.0.1:80, [2001:db8::]/32:80, udp/10.0.0.1:53, fwmark, fwmark:1-5, several with commas between
[2]
`,
      'ipvsadm apply old.rules',
    );
  });

  test('what keepalived or kube-proxy own stays, and so do weights that somebody set', async () => {
    await shows(
      `
$ ipvsadm-restore <<<'-A -t 10.96.0.1:443 -s rr
> -a -t 10.96.0.1:443 -r 10.244.0.5:6443 -m
> -A -f 7 -s wlc
> -A -t 192.0.2.1:80 -s wlc
> -a -t 192.0.2.1:80 -r 10.0.1.9 -g -w 0'
$ ipvsadm-save -n --all | grep -v 192.0.2.1 >owned
$ printf '%s\\n' '-A -t 192.0.2.1:80 -s rr' '-a -t 192.0.2.1:80 -r 10.0.1.9 -g -w 5' '-a -t 192.0.2.1:80 -r 10.0.1.8 -g -w 5' >ours
$ ipvsadm apply --only 192.0.2.0/24 --keep-weights ours
1 service edited, 1 server added.
$ ipvsadm apply --except 10.96.0.0/12,fwmark:5-9 --keep-weights ours
Nothing to change.
$ ipvsadm-save -n --all | grep -v 192.0.2.1 | diff owned -
$ ipvsadm-save -n | grep 192.0.2.1
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.1.8:80 -g -w 5
-a -t 192.0.2.1:80 -r 10.0.1.9:80 -g -w 0
$ head -1 ours | ipvsadm apply --only tcp/192.0.2.1:80 --no-delete
Nothing to change.
$ head -1 ours | ipvsadm apply --only tcp/192.0.2.1:80
2 servers removed.
$ ipvsadm-save -n --all | grep -v 192.0.2.1 | diff owned -
`,
    );
  });

  test('set edits only what is named', async () => {
    await shows(
      `
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.1 -w 6
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.1 -x 10
$ ipvsadm set -t 10.0.0.1:80 -s sh -b sh-port -p 60
$ ipvsadm set -t 10.0.0.1:80 -M 255.255.0.0
$ ipvsadm set -f 3 -6 -r [2001:db8::1] --tun-port 6081
$ ipvsadm set -u 10.0.0.1:53 --no-persistent -o
$ ipvsadm-save -n --all
-A -t 10.0.0.1:80 -s sh -p 60 -M 255.255.0.0 -b sh-port
-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 6 -x 10
-a -t 10.0.0.1:80 -r 10.0.1.2:80 -m -w 2
-A -u 10.0.0.1:53 -s rr -o
-a -u 10.0.0.1:53 -r 10.0.1.3:53 -g -w 1
-A -f 3 -6 -s wlc
-a -f 3 -6 -r [2001:db8::1]:0 -i -w 1 --tun-type gue --tun-port 6081 --tun-csum
--set 900 120 300
$ ipvsadm set -t 10.0.0.1:80 --no-persistent --no-netmask --no-sched-flags -s wrr
$ ipvsadm set -f 3 -6 -r [2001:db8::1] -m
$ ipvsadm-save -n --all | grep -v -e :53 -e --set
-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 6 -x 10
-a -t 10.0.0.1:80 -r 10.0.1.2:80 -m -w 2
-A -f 3 -6 -s wlc
-a -f 3 -6 -r [2001:db8::1]:0 -m -w 1
$ ipvsadm set -t 10.0.0.1:80 -w 3
ipvsadm set: --weight is for servers: name one with -r
[2]
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.1 -s rr
ipvsadm set: --scheduler is for services: leave -r away
[2]
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.1 -y 11
ipvsadm set: the lower threshold 11 is above the upper one, 10
[2]
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.9 -w 3
ipvsadm set: no server 10.0.1.9 in this service
[2]
$ ipvsadm set -t 10.0.0.9:80 -p
ipvsadm set: No such service
[2]
$ ipvsadm set -t 10.0.0.1:80 -r 10.0.1.1
ipvsadm set: nothing to set
[2]
$ ipvsadm set -w 1
ipvsadm set: which service? -t, -u, --sctp-service or -f
[2]
`,
      'ipvsadm apply old.rules',
    );
  });

  test('rules without a service empty no table, JSON without one does', async () => {
    await shows(
      `
$ ipvsadm apply </dev/null
Nothing to change.
$ ipvsadm apply old.rules
3 services added, 4 servers added.
$ false | ipvsadm apply
ipvsadm apply: standard input has no service, and nothing was changed: ipvsadm -C clears a table, and so does {"services":[]} here
[2]
$ ipvsadm diff old.rules
$ ipvsadm apply --no-delete </dev/null
Nothing to change.
$ echo '{"services":[]}' | ipvsadm apply
3 services removed, 4 servers removed.
`,
    );
  });

  test('progress of long work is on standard error where that is a terminal, and only there', async () => {
    await shows(
      `
$ table 1 >many; table 2 >edited; head -251 many >few
$ on_terminal 'many >summary'; progress <seen; cat summary
shown, never more than 5020, taken away
20 services added, 5000 servers added.
$ on_terminal 'edited >summary'; progress <seen; cat summary
shown, never more than 5000, taken away
5000 servers edited.
$ # 250 edits, a weight for 4750 servers, 19 services: their servers go with them.
$ on_terminal '--drain few >summary'; progress <seen; cat summary
shown, never more than 5019, taken away
19 services removed, 250 servers edited, 4750 servers removed.
$ on_terminal 'many 2>errors'; cat -A seen errors
19 services added, 4750 servers added.^M$
$ ipvsadm apply few 2>errors; cat -A errors
19 services removed, 4750 servers removed.
$ on_terminal 'few >summary'; cat -A seen; cat summary
Nothing to change.
`,
      String.raw`
table() {
  for i in {1..20}; do
    echo "-A -t 10.5.0.$i:80"
    for j in {1..250}; do echo "-a -t 10.5.0.$i:80 -r 10.6.$i.$j -m -w $1"; done
  done
}
on_terminal() { script -qec "ipvsadm apply $*" /dev/null </dev/null >seen; }
progress() {
  tr '\r' '\n' | awk '
    / of .* changes/ && ($1 + 0 < last || $1 + 0 > $3 + 0 || (total && $3 != total)) { print "wrong after", last, $0 }
    / of .* changes/ { last = $1 + 0; total = $3 }
    { end = $0 }
    END { printf "%sshown, never more than %s, %s\n", (total ? "" : "not "), total, (end == "\033[K" ? "taken away" : end) }'
}`,
    );
  });

  test('SIGTERM in the middle undoes what was done', async () => {
    await shows(
      `
$ ipvsadm apply old.rules
3 services added, 4 servers added.
$ ipvsadm-save -n --all >before
$ for i in {1..250}; do echo "-A -t 10.5.0.$i:80"; for j in {1..250}; do echo "-a -t 10.5.0.$i:80 -r 10.6.$i.$j -m"; done; done >many
$ ipvsadm apply many & apply=$!; until [ $(grep -c . /proc/net/ip_vs) -gt 500 ]; do :; done; kill -TERM $apply; wait $apply
ipvsadm apply: interrupted; the table is as it was
[143]
$ ipvsadm-save -n --all | diff before -
$ ipvsadm apply many & apply=$!; until [ $(grep -c . /proc/net/ip_vs) -gt 500 ]; do :; done; kill -KILL $apply; wait $apply 2>/dev/null
[137]
$ ipvsadm apply --wait 0 many >/dev/null
$ ipvsadm diff many
`,
    );
  });
});
