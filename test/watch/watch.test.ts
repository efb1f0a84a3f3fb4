import { constants } from 'node:os';
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
  const { stdout, stderr } = await lab.run(`export PATH=${programs}:$PATH\n${prelude}${script}`);
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

const endingSignals = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGABRT',
  'SIGALRM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGXCPU',
  'SIGVTALRM',
  'SIGIO',
] as const;

const threeServers = `ipvsadm -C; fill 1 3; ipvsadm -A -t 10.8.0.1:443 -s wlc; ipvsadm -a -t 10.8.0.1:443 -r 10.9.0.7:443 -m -w 0\n`;

interface Load {
  /** Standard output of the script. */
  readonly output: string;
  /** Of a processor, in percent. */
  readonly share: number;
  /** How much of the time that the guest took for its own it really had. */
  readonly granted: number;
}

/**
 * The share of a processor that `$pid`, as a script sets it, takes while a command runs. The guest takes the time that
 * its host gives to others for its own, so what it counts is put right by what the host counts.
 */
async function loadOf(programs: string, setUp: string, command: string): Promise<Load> {
  expect(await runWith(programs, `${setUp}\nset | grep -E '^(pid|traffic)=' >/run/variables`)).toBe('');
  const before = lab.processorTime();
  const text = await runWith(
    programs,
    `. /run/variables
    counters() { echo "$(ticks $pid) $(awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat) $(cut -d' ' -f1 /proc/uptime)"; }
    counters; { ${command}
    } >/run/output 2>&1; counters; cat /run/output`,
  );
  const given = lab.processorTime() - before;
  const [first = '', last = '', ...output] = text.split('\n');
  const [used = 0, busy = 0, time = 0] = first.split(' ').map((start, index) => {
    return Number(last.split(' ')[index]) - Number(start);
  });
  const granted = Math.min(1, given / (busy / 100));
  return { output: output.join('\n'), share: (used / time) * granted, granted };
}

/** Below this the machine does so much else that the program, which can't know, may take itself for too busy. */
const quietMachine = 0.85;

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
    shows '10.9.0.2:80 +Route +1 +0 +[0-9]+ +[1-9]'; busybox sleep 2
    made() { echo "$(cut -d' ' -f1 /proc/uptime) $(ipvsadm -Ln --stats --exact -u 10.8.0.1:80 | awk '/10.9.0.2:80/ { print $3 }')"; }
    made
    for look in 1 2 3 4 5 6; do busybox sleep 1; screen | grep '10.9.0.2:80'; done
    made; screen | head -3; screen | tail -1
    tmux -L lab resize-window -x 80 -y 12; shows 'Conn/s.* conn/s'; screen | grep '10.9.0.2:80' | awk '{ print $NF }'
    kill $traffic`);
      const lines = screens.split('\n');
      const [[start = 0, few = 0] = [], [end = 0, many = 0] = []] = [
        lines.shift(),
        lines.splice(6, 1)[0],
      ].map((made) => made?.split(' ').map(Number));
      const rates = lines.slice(0, 6).map((line) => Number(/Route +1 +0 +\d+ +(\S+)/.exec(line)?.[1]));
      // The script that makes the connections is not exact, and slower where the machine is.
      const real = (many - few) / (end - start);
      const shown = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      expect(real).toBeGreaterThan(1);
      expect(shown / real).toBeGreaterThan(0.6);
      expect(shown / real).toBeLessThan(1.6);
      // The kernel moves its counters every other second: nobody is to see that.
      expect(Math.min(...rates)).toBeGreaterThan(shown / 4);
      expect(Math.max(...rates)).toBeLessThan(shown * 4);
      expect(lines[6]).toMatch(/^ipvsadm watch {2}lab {2}\d\d:\d\d:\d\d {2}every 1 s$/);
      expect(lines[7]).toMatch(/^services 2 {2}servers 4 {2}conn\/s \d+ {2}pkt\/s \d+ in 0 out/);
      expect(lines[8]).toMatch(/^ {2}vName +Method +Weight +Active Inactive +Conn\/s InPkt\/s OutPkt\/s /);
      expect(lines[9]).toBe('q quit  / filter  nmwaicpoby sort  r reverse  space pause  arrows  +- interval');
      expect(lines[10]).toMatch(/^[▁-█]{3,}/);
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

    test('gives the terminal back however it ends', async () => {
      const ways = Object.entries({
        q: ['press q', 0],
        'Ctrl-C': ['press C-c', 130],
        ...Object.fromEntries(
          endingSignals.map((signal) => [
            signal,
            [`kill -${signal.slice(3)} $pid`, 128 + constants.signals[signal]],
          ]),
        ),
      });
      const script = ways.map(
        ([, [how]]) => `
          shows '^services [01]'
          [ "$(tmux -L lab display -p '#{alternate_on}#{cursor_flag}')" = 10 ] || echo 'not a screen of its own'
          [[ $(stty -a -F "$(tmux -L lab display -p '#{pane_tty}')") == *-echo* ]] || echo 'echo is on'
          pid=$(program); ${how}
          shows '^status'; echo "$(screen | tr '\\n' ' ')$(tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}')"
          press -l 'typed'; shows 'typed'; press Enter`,
      );
      expect(
        await run(`ipvsadm -C; fill 1 3
        terminal 100 10 'stty -a >/run/before
          for i in $(seq ${ways.length}); do
            clear; echo before; ipvsadm watch --interval 0.3; echo "status $?"; stty -a | cmp - /run/before; read _
          done'
        ${script.join('\n')}`),
      ).toBe(ways.map(([, [, status]]) => `before status ${status} alternate 0 cursor 1\n`).join(''));
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
    # Waits until a look draws the same as the one before it.
    steady() {
      local old new=none
      until [ "$new" = "$old" ]; do old=$new; busybox usleep 700000; new=$(screen | tail -n +2); done
    }
    for size in '1 1' '2 2' '7 3' '300 60' '20 5'; do
      set -- $size; tmux -L lab resize-window -x $1 -y $2; steady
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
    press C-z; shows 'Stopped.*ipvsadm watch'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    press -l 'fg'; press Enter; shows '^services 1'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    press q; shows '^[$]$'
    tmux -L lab display -p 'alternate #{alternate_on} cursor #{cursor_flag}'
    # A script that runs it is stopped with it.
    press C-l; press -l 'sh -c "ipvsadm watch; echo en''ded"'; press Enter; shows '^services 1'
    press C-z; shows 'Stopped.*sh -c'; press -l 'fg'; press Enter; shows '^services 1'; press q; shows '^ended'
    # Stopped from elsewhere it finds the terminal as the shell has set it.
    press C-l; press -l 'ipvsadm watch'; press Enter; shows '^services 1'
    kill -STOP $(pgrep -P $(program)); shows 'Stopped'; press -l 'fg'; press Enter; shows '^services 1'
    press /; press -l '9.0.3'; shows 'filter: 9.0.3_'`);
      expect(screens).toBe('alternate 0 cursor 1\nalternate 1 cursor 0\nalternate 0 cursor 1\n');
    });

    test('goes on where nobody could let it go on after a stop', async () => {
      expect(
        await run(`ipvsadm -C; fill 1 3
    terminal 100 10 'ipvsadm watch --interval 0.3'
    shows '^services 1'; press C-z; busybox sleep 1; press /; press -l '9.0.3'; shows 'filter: 9.0.3_'
    kill -TSTP $(program); busybox sleep 1; press -l 'x'; shows 'filter: 9.0.3x_'; press C-c; shows '^ended 130'`),
      ).toBe('');
    });

    test('lives with a table that is cleared and made again, and with counters that are zeroed', async () => {
      const output = await run(`ipvsadm -C; fill 20 5; ipvsadm-save -n >/run/rules
    ${traffic(100)}
    terminal 110 12 'ipvsadm watch --interval 0.2'
    shows '^services 20'
    ipvsadm watch --json --interval 0.2 >/run/lines & watch=$!
    for i in $(seq 12); do
      /usr/sbin/ipvsadm -C; /usr/sbin/ipvsadm -R </run/rules; busybox usleep 150000; /usr/sbin/ipvsadm -Z; busybox usleep 150000
    done
    shows '^services 20  servers 100 '
    kill $traffic; kill -INT $watch; wait $watch; echo $?; press q; shows '^ended 0'; cat /run/lines`);
      const [status, ...texts] = output.split('\n').filter((line) => line !== '');
      expect(status).toBe('130');
      const rates = texts.flatMap((text) =>
        Array.from(
          text.matchAll(
            /"connections":([0-9.]+),"in_packets":[0-9.]+,"out_packets":[0-9.]+,"in_bytes":[0-9.]+,"out_bytes":[0-9.]+\},"/g,
          ),
          ([, rate]) => Number(rate),
        ),
      );
      expect(rates.length).toBeGreaterThan(0);
      expect(Math.max(...rates)).toBeLessThan(5000);
    });

    test('prints a line of JSON for each look and each change without a terminal', async () => {
      const output = await run(`ipvsadm -C; fill 1 3; ipvsadm -A -f 7 -6; ipvsadm -a -f 7 -6 -r 2001:db8::1 -i
    ipvsadm watch --interval 0.5 >/run/lines & watch=$!
    # Waits until the lines are so many, or a look sees what comes behind them.
    looks() { local end=$(($(grep -c '"services"' /run/lines) + $1)); until [ $(grep -c '"services"' /run/lines) -ge $end ]; do busybox usleep 50000; done; }
    looks 1; /usr/sbin/ipvsadm -R <<'END'
-e -u 10.8.0.1:80 -r 10.9.0.2:80 -g -w 7
-d -u 10.8.0.1:80 -r 10.9.0.3:80
-A -t 10.8.0.9:80 -p 60
-D -f 7 -6
END
    looks 2; ipvsadm -E -t 10.8.0.9:80 -s sh; ipvsadm -a -t 10.8.0.9:80 -r 10.9.0.1; looks 6
    kill -INT $watch; wait $watch; echo $?; cat /run/lines`);
      const [status, ...texts] = output.split('\n').filter((line) => line !== '');
      expect(status).toBe('130');
      expect(texts.flatMap((text) => schemaErrors('watch', text))).toEqual([]);
      const lines = texts.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.filter((line) => 'services' in line)).not.toHaveLength(0);
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
      { services: 1, servers: 5000 },
    ])('needs less than 30 % of a processor for 5,000 servers in $services services', async (shape) => {
      const lines = shape.services * (shape.servers + 1);
      const { output, share, granted } = await loadOf(
        programs,
        `ipvsadm -C; fill ${shape.services} ${shape.servers}
        ${traffic(300)}
        terminal 140 40 'ipvsadm watch --sort conn/s'
        shows 'services ${shape.services}  servers 5000' 60
        busybox sleep 3; pid=$(program)`,
        `screen | head -1 | sed 's/.* s  //'
        for i in 1 2 3 4; do
          /usr/sbin/ipvsadm -e -u 10.8.0.1:80 -r 10.9.0.1:80 -g -w $((i + 1)); /usr/sbin/ipvsadm -A -f $i
          busybox sleep 2
        done
        screen | sed -n 4p | cut -c1-17
        shows '^~ -> 10.9.0.1:80 .*[0-9]>5 '; shows '^services ${shape.services + 4} '
        kill $traffic`,
      );
      console.log(`${name}: 5,000 servers in ${shape.services} services: ${describeLoad(share, granted)}`);
      expect(share).toBeLessThan(30);
      const notice = granted < quietMachine ? /  so many that it is every [0-9.]+ s$/m : /$^/;
      expect(output.replace(notice, '')).toBe(`lines 1-36 of ${lines}\n  UDP 10.8.0.1:80\n`);
    });

    test('comes to look less often where looking would take more than that', async () => {
      // What a look costs depends on what else the machine does, so it may take a few corrections.
      const loads = [];
      let setUp = `ipvsadm -C; fill 5000 1
        terminal 140 20 'ipvsadm watch'; shows 'so many that it is every [0-9.]+ s' 100; pid=$(program)`;
      for (let tries = 0; tries < 5 && (loads.at(-1)?.share ?? 100) >= 30; tries++) {
        loads.push(
          await loadOf(
            programs,
            setUp,
            `every=$(screen | sed -n 's/.* it is every \\([0-9.]*\\) s.*/\\1/p'); echo "$every s"
            busybox sleep $(awk "BEGIN { print 3 * $every }")`,
          ),
        );
        setUp = '. /run/variables';
      }
      for (const { output, share, granted } of loads) {
        expect(output).toMatch(/^[0-9.]+ s\n$/);
        console.log(`${name}: 5,000 services, every ${output.trim()}: ${describeLoad(share, granted)}`);
      }
      expect(loads.at(-1)?.share).toBeLessThan(30);
    });
  },
);

function describeLoad(share: number, granted: number): string {
  return `${share.toFixed(1)} % of a processor, of which the host granted ${(100 * granted).toFixed(0)} %`;
}
