import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyProgramUnderTest } from '../conformance/script.ts';
import { schemaErrors } from '../json/schema.ts';
import { compileConnections, connectionsCommand, swallowingNetwork } from '../lab/connections.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

let lab: Lab;
const connections = compileConnections();

const prelude = `
. ${projectRoot}/test/lab/terminal.sh
fill() { awk -v services=$1 -v servers=$2 'BEGIN {
  for (i = 0; i < services; i++) {
    vip = "10.8." int(i / 250) "." i % 250 + 1 ":80"
    print "-A -u " vip " -s rr"
    for (j = 0; j < servers; j++) {
      k = i * servers + j
      print "-a -u " vip " -r 10.9." int(k / 250) "." k % 250 + 1 ":80 -g"
    }
  }
}' | ipvsadm-restore; }
# The process that the terminal waits for.
program() { pgrep -P "$(tmux -L lab display -p '#{pane_pid}')"; }
# ticks PID: processor time of a process in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' /proc/$1/stat; }
`;

async function runWith(programs: string, script: string): Promise<string> {
  const { stdout, stderr } = await lab.run(`export PATH=${programs}:$PATH\n${prelude}${script}`, {
    timeoutMs: 300_000,
  });
  return `${stdout}${stderr}`;
}

/** Makes connections again and again until the script ends, so many a second at each of three servers. */
function traffic(perSecond: number): string {
  const maker = { kind: 'udp', address: '10.8.0.1', port: 80, perClient: 50 } as const;
  const command = connectionsCommand(connections, {
    ...maker,
    count: (3 * perSecond) / 4,
    firstClient: '11.$i.0.1',
  });
  return `(for i in $(seq 250); do ${command} >/dev/null; busybox usleep 240000; done) & traffic=$!\n`;
}

const threeServers = `ipvsadm -C; fill 1 3; ipvsadm -A -t 10.8.0.1:443 -s wlc; ipvsadm -a -t 10.8.0.1:443 -r 10.9.0.7:443 -m -w 0\n`;

/** Ends the program in a way, and prints what the terminal is like then. */
function ending(how: string): string {
  return `
    terminal 100 10 'echo before; stty -a >/run/before; ipvsadm watch --interval 0.3; echo "status $?"; stty -a >/run/after'
    shows '^services [01]'
    [ $(tmux -L lab display -p '#{alternate_on}#{cursor_flag}') = 10 ] || echo 'not a screen of its own'
    [[ $(stty -a -F "$(tmux -L lab display -p '#{pane_tty}')") == *-echo* ]] || echo 'echo is on'
    pid=$(program)
    ${how}
    shows '^ended'
    screen | grep -v '^ended' | tr '\n' ' '
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    cmp /run/before /run/after
    press -l 'typed'; shows 'typed'
`;
}

describe.each(everyProgramUnderTest().map((programs) => ({ name: basename(programs), programs })))(
  '$name',
  ({ name, programs }) => {
    const run = (script: string): Promise<string> => runWith(programs, script);

    beforeAll(async () => {
      lab = await bootLab();
      expect(await run(`${swallowingNetwork}\nip address add 10.8.0.1/32 dev lo`)).toBe('');
    });

    afterAll(async () => {
      await lab.powerOff();
    });

    test('shows rates from the counters, the same again and again', async () => {
      const screens = await run(`${threeServers}${traffic(100)}
    terminal 130 12 'ipvsadm watch'
    busybox sleep 8
    for look in 1 2 3 4 5 6; do screen | grep '10.9.0.2:80'; busybox sleep 1; done
    screen | head -3; screen | tail -1
    kill $traffic`);
      const lines = screens.split('\n');
      const rates = lines.slice(0, 6).map((line) => Number(/Route +1 +0 +\d+ +(\S+)/.exec(line)?.[1]));
      // The script that makes the connections is not exact itself.
      for (const rate of rates) {
        expect(rate).toBeGreaterThan(60);
        expect(rate).toBeLessThan(140);
      }
      expect(lines[6]).toMatch(/^ipvsadm watch {2}lab {2}\d\d:\d\d:\d\d {2}every 1 s$/);
      expect(lines[7]).toMatch(/^services 2 {2}servers 4 {2}conn\/s \d+ {2}pkt\/s \d+ in 0 out/);
      expect(lines[8]).toMatch(/^ {2}vName +Method +Weight +Active Inactive +Conn\/s InPkt\/s OutPkt\/s /);
      expect(lines[9]).toBe('q quit  / filter  nmwaicpoby sort  r reverse  space pause  arrows  +- interval');
    });

    test('marks services and servers that come, go and change', async () => {
      const screens = await run(`${threeServers}
    terminal 110 16 'ipvsadm watch'
    shows '10.9.0.7:443'
    ipvsadm -R <<'END'
-e -u 10.8.0.1:80 -r 10.9.0.2:80 -g -w 5
-d -u 10.8.0.1:80 -r 10.9.0.3:80
-a -u 10.8.0.1:80 -r 10.9.0.9:80 -g
-D -t 10.8.0.1:443
-A -t 10.8.0.8:80 -s sh
END
    shows '^[+] TCP 10.8.0.8:80'
    screen | cut -c1-33 | grep -E '^[-+~ ] ' | sed 's/ *$//'
    echo; shows 'services 2  servers 3'
    busybox sleep 6
    screen | cut -c1-33 | grep -E '^[-+~ ] ' | sed 's/ *$//'`);
      expect(screens).toBe(`  vName                    Method
- TCP 10.8.0.1:443            wlc
- -> 10.9.0.7:443            Masq
+ TCP 10.8.0.8:80              sh
  UDP 10.8.0.1:80              rr
  -> 10.9.0.1:80            Route
~ -> 10.9.0.2:80            Route
- -> 10.9.0.3:80            Route
+ -> 10.9.0.9:80            Route

  vName                    Method
  TCP 10.8.0.8:80              sh
  UDP 10.8.0.1:80              rr
  -> 10.9.0.1:80            Route
  -> 10.9.0.2:80            Route
  -> 10.9.0.9:80            Route
`);
    });

    test('obeys keys: sorts, filters, pauses, scrolls, and follows the size of the window', async () => {
      const screens = await run(`ipvsadm -C; fill 40 5
    terminal 100 10 'ipvsadm watch'
    shows 'lines 1-6 of 240'
    press End; shows 'lines 235-240 of 240'; press Up; shows 'lines 234-239 of 240'; press Home
    press /; press -l '8.0.17'; shows '^filter: 8.0.17_'; shows '^  UDP 10.8.0.17:80'; screen | sed -n 4,9p | cut -c1-18 | sed 's/ *$//'
    press Enter; shows '^q quit  / filter  .8.0.17. nmwaicpoby'
    press Escape; shows 'lines 1-6 of 240'
    press w; shows 'vWeight'; press w; shows '.Weight' && shows '\\^Weight'
    press Space; shows 'paused'; press Space; press +; shows 'every 2 s'
    tmux -L lab resize-window -x 60 -y 20; shows 'lines 1-16 of 240'; screen | tail -1
    press q; shows '^ended 0'`);
      expect(screens).toBe(`  UDP 10.8.0.17:80
  -> 10.9.0.81:80
  -> 10.9.0.82:80
  -> 10.9.0.83:80
  -> 10.9.0.84:80
  -> 10.9.0.85:80
q quit  / filter  nmwaicpoby sort  r reverse  space pause  a
`);
    });

    test.each([
      ['q', 'press q', 0],
      ['Ctrl-C', 'press C-c', 130],
      ['SIGINT', 'kill -INT $pid', 130],
      ['SIGTERM', 'kill -TERM $pid', 143],
      ['SIGHUP', 'kill -HUP $pid', 129],
      ['SIGQUIT', 'kill -QUIT $pid', 131],
    ])('gives the terminal back after %s', async (_, how, status) => {
      expect(await run(`ipvsadm -C; fill 1 3\n${ending(how)}`)).toBe(
        `before status ${status} alternate 0 cursor 1\n`,
      );
    });

    test('gives the terminal back and says why when the kernel has no IPVS any more', async () => {
      const modules = 'ip_vs_rr ip_vs_wlc ip_vs_sh ip_vs';
      expect(
        await run(`ipvsadm -C
      ${ending(`for module in ${modules}; do ! grep -q "^$module " /proc/modules || rmmod $module; done`)}
      modprobe ip_vs`),
      ).toBe('before ipvsadm watch: IPVS is gone from the kernel status 2 alternate 0 cursor 1\n');
    });

    test('ends in silence when its terminal goes away', async () => {
      expect(
        await run(`terminal 100 10 'ipvsadm watch --interval 0.3 2>/run/errors'
      shows '^services'; pid=$(program); tmux -L lab kill-server
      for i in $(seq 50); do [ -e /proc/$pid ] || break; busybox usleep 100000; done
      [ ! -e /proc/$pid ] || echo 'it still runs'; cat /run/errors`),
      ).toBe('');
    });

    test('fits into small terminals, and follows them', async () => {
      const output = await run(`ipvsadm -C; fill 2 1
    terminal 20 5 'ipvsadm watch --interval 0.3'
    shows '^  UDP 10.8.0.1:80'; screen
    for size in '1 1' '2 2' '7 3' '300 60' '20 5'; do
      set -- $size; tmux -L lab resize-window -x $1 -y $2; busybox sleep 1
      echo "== $size"; screen | head -5 | cut -c1-40 | sed 's/ *$//'
    done
    press q; shows '^ended 0'`);
      const small = `ipvsadm watch  lab
  vName
  UDP 10.8.0.1:80
  -> 10.9.0.1:80
q quit  / filter  nm
`;
      expect(output.replace(/ {2}\d\d:\d\d:\d\d .*/, ' TIME')).toBe(`${small}== 1 1

== 2 2

q
== 7 3
ipvsadm
  UDP ~
q quit
== 300 60
ipvsadm watch  lab TIME
services 2  servers 2  conn/s 0  pkt/s 0
  vName
  UDP 10.8.0.1:80
  -> 10.9.0.1:80
== 20 5
${small}`);
    });

    test('shows names, but none that could disturb the terminal', async () => {
      expect(
        await run(`ipvsadm -C; fill 1 2
      printf '10.8.0.1 web.example\\n10.9.0.1 evil\\033[2Jname\\n10.9.0.2 good\\n' >/run/names
      mount --bind /run/names /etc/hosts
      terminal 60 10 'ipvsadm watch --names --interval 0.3'
      shows 'good:80'; screen | cut -c1-24 | grep :80 | sed 's/ *$//'; umount /etc/hosts`),
      ).toBe('  UDP web.example:80\n  -> 10.9.0.1:80\n  -> good:80\n');
    });

    test('is suspended and goes on', async () => {
      const screens = await run(`ipvsadm -C; fill 1 3
    terminal 100 10 'bash --norc --noprofile -i'
    press "PS1='$ '" Enter; press -l 'ipvsadm watch'; press Enter
    shows '^services 1'
    press C-z; shows 'Stopped'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    press -l 'fg'; press Enter; shows '^services 1'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    press q; shows '^[$]$'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'`);
      expect(screens).toBe('alternate 0 cursor 1\nalternate 1 cursor 0\nalternate 0 cursor 1\n');
    });

    test('prints a line of JSON for each look and each change without a terminal', async () => {
      const output = await run(`ipvsadm -C; fill 1 3; ipvsadm -A -f 7 -6; ipvsadm -a -f 7 -6 -r 2001:db8::1 -i
    (busybox sleep 3; /usr/sbin/ipvsadm -R <<'END'
-e -u 10.8.0.1:80 -r 10.9.0.2:80 -g -w 7
-d -u 10.8.0.1:80 -r 10.9.0.3:80
-A -t 10.8.0.9:80 -p 60
-D -f 7 -6
END
    busybox sleep 1; ipvsadm -E -t 10.8.0.9:80 -s sh; ipvsadm -a -t 10.8.0.9:80 -r 10.9.0.1) &
    ipvsadm watch --interval 1 --count 8; wait`);
      const texts = output.split('\n').filter((line) => line !== '');
      expect(texts.flatMap((text) => schemaErrors('watch', text))).toEqual([]);
      const lines = texts.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.filter((line) => 'services' in line)).toHaveLength(8);
      const events = new Map(lines.map((line) => [line['event'], line]));
      expect([...events.keys()].sort()).toEqual([
        'server_added',
        'server_changed',
        'server_removed',
        'service_added',
        'service_changed',
        'service_removed',
        undefined,
      ]);
      expect(events.get('server_changed')).toMatchObject({
        service: { protocol: 'udp', address: '10.8.0.1', port: 80 },
        server: { address: '10.9.0.2', port: 80, weight: 7 },
        changes: { weight: { from: 1, to: 7 } },
      });
      expect(events.get('service_changed')).toMatchObject({
        changes: { scheduler: { from: 'wlc', to: 'sh' } },
      });
      expect(lines.at(-1)).toMatchObject({
        services: [
          { protocol: 'tcp', address: '10.8.0.9' },
          { protocol: 'udp', address: '10.8.0.1', rates: { connections: 0 } },
        ],
      });
    });

    test('prints lines on a terminal too when it is asked for JSON or the terminal can do nothing else', async () => {
      expect(
        await run(`ipvsadm -C
      terminal 100 10 'ipvsadm watch --json --count 1'; shows '^[{]"time".*"services":..[}]'; shows '^ended 0'
      terminal 100 10 'TERM=dumb ipvsadm watch --count 1'; shows '^[{]"time".*"services":..[}]'; shows '^ended 0'
      terminal 100 10 'ipvsadm watch --interval 0.2 --count 2'; shows '^ended 0'`),
      ).toBe('');
    });

    test('ends quietly when nobody reads, and tells mistakes in a line', async () => {
      expect(
        await run(`ipvsadm -C
      ipvsadm watch --interval 0.2 | head -1 | cut -c 1-8; echo "\${PIPESTATUS[@]}"
      ipvsadm watch --count 1 >/dev/full; echo $?
      ipvsadm watch --sort colour; ipvsadm watch --interval 0
      ipvsadm watch --count x; echo $?`),
      ).toBe(`{"time":
141 0 0
1
2
ipvsadm: Can't write to standard output: No space left on device
ipvsadm watch: --sort colour: no such column; there are name, method, weight, active, inactive, conn/s, inpkt/s, outpkt/s, inbyte/s, outbyte/s
ipvsadm watch: --interval 0: seconds from 0.1 to 3600 are needed
ipvsadm watch: --count x: a whole number from 1 on is needed
`);
    });

    test('notices that the kernel counts nothing', async () => {
      expect(
        await run(`ipvsadm -C; fill 1 3; sysctl -qw net.ipv4.vs.run_estimation=0
      terminal 120 10 'ipvsadm watch'
      shows 'counters stand still: net.ipv4.vs.run_estimation is 0'; sysctl -qw net.ipv4.vs.run_estimation=1`),
      ).toBe('');
    });

    test.each([
      { services: 500, servers: 10 },
      { services: 50, servers: 100 },
      { services: 1, servers: 5000 },
    ])('needs less than 30 % of a processor for 5,000 servers in $services services', async (shape) => {
      const lines = shape.services * (shape.servers + 1);
      const output = await run(`ipvsadm -C; fill ${shape.services} ${shape.servers}
    ${traffic(300)}
    terminal 140 40 'ipvsadm watch --sort conn/s'
    shows 'services ${shape.services}  servers 5000' 30
    busybox sleep 3
    screen | head -1 | sed 's/.* s  //'
    pid=$(program); before=$(ticks $pid)
    for i in 1 2 3 4 5; do
      /usr/sbin/ipvsadm -e -u 10.8.0.1:80 -r 10.9.0.1:80 -g -w $((i + 1)); /usr/sbin/ipvsadm -A -f $i
      busybox sleep 2
    done
    after=$(ticks $pid)
    echo "$((after - before))"
    screen | sed -n 4p | cut -c1-17
    screen | grep -q '^~ -> 10.9.0.1:80 .* 5>6 ' || screen
    shows '^services ${shape.services + 5} '
    kill $traffic`);
      const [head, used, first, ...more] = output.split('\n');
      expect(more).toEqual(['']);
      console.log(
        `${name}: ${shape.services} services with ${shape.servers} servers: ${Number(used) / 10} % of a processor`,
      );
      expect(head).toBe(`lines 1-36 of ${lines}`);
      expect(first).toBe('  UDP 10.8.0.1:80');
      expect(Number(used)).toBeLessThan(300);
    });

    test('comes to look less often where looking would take more than that', async () => {
      // What a look costs depends on what else the machine does, so it may take a few corrections.
      const output = await run(`ipvsadm -C; fill 5000 1
        terminal 140 20 'ipvsadm watch'
        shows 'so many that it is every [0-9.]+ s' 60
        pid=$(program)
        for try in 1 2 3 4 5 6; do
          every=$(screen | sed -n 's/.* it is every \\([0-9.]*\\) s.*/\\1/p')
          before=$(ticks $pid); busybox sleep $(awk "BEGIN { print 6 * $every }"); after=$(ticks $pid)
          share=$(awk "BEGIN { print ($after - $before) / (6 * $every) }")
          echo "$share % every $every s"
          awk "BEGIN { exit !($share < 30) }" && break
        done`);
      console.log(`${name}: 5,000 services: ${output}`);
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      expect(last).toMatch(/^[0-9.]+ % every [0-9.]+ s$/);
      expect(Number.parseFloat(last)).toBeLessThan(30);
    });
  },
);
