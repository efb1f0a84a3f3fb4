import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { namedPrograms, type Programs } from '../conformance/script.ts';
import { schemaErrors, type SchemaName } from './schema.ts';

const promtool = [join(projectRoot, 'node_modules/.cache/ipvsadm/promtool'), '/usr/bin/promtool'].find(
  (path) => existsSync(path),
);

/** Every kind of service and server, in words that the reference knows. */
const rules = `-A -t 10.0.0.1:80 -s wrr -p 300 -M 255.255.255.0
-a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 5 -x 100 -y 50
-a -t 10.0.0.1:80 -r 10.1.0.2:8080 -m -w 0
-A -t 10.0.0.1:0 -s mh -b mh-fallback,mh-port -p 2678400
-a -t 10.0.0.1:0 -r 10.1.0.1:0 -g -w 2147483647
-A -u 10.0.0.1:5060 -s rr -p 60 --pe sip -o
-a -u 10.0.0.1:5060 -r 10.1.0.1:5061 -m -w 1
-A --sctp-service 10.0.0.1:3868 -s wlc
-A -u [2001:db8::1]:53 -s sh -p 60 -M 64 -b sh-fallback,sh-port
-a -u [2001:db8::1]:53 -r 10.1.0.3 -i --tun-type gue --tun-port 6080 --tun-remcsum
-a -u [2001:db8::1]:53 -r 2001:db8::3 -i --tun-type gue --tun-port 1 --tun-csum -w 2
-a -u [2001:db8::1]:53 -r 2001:db8::4 -i --tun-type gre --tun-nocsum
-a -u [2001:db8::1]:53 -r 2001:db8::5 -i --tun-type ipip
-A -f 5 -s lblc
-a -f 5 -r 10.1.0.1:0 -g
-a -f 5 -r 127.0.0.1:0 -g
-A -f 5 -6 -s fo
-A -f 2147483647 -6 -s ovf -b flag-1,flag-3
-a -f 2147483647 -6 -r [2001:db8::3]:80 -m`;

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Runs a script in a director of its own: `ours` is the program, `table` fills it with every kind of entry. */
async function directorWith(programs: Programs, script: string): Promise<Outcome> {
  return lab.run(`unshare -n -- bash /dev/fd/3 3<<'DIRECTOR' </dev/null
ours() { ${programs}/ipvsadm "$@"; }
reference() { /usr/sbin/ipvsadm "$@"; }
table() { reference -R <<'RULES'
${rules}
RULES
}
ip link set lo up
${script}
DIRECTOR`);
}

function expectSchema(name: SchemaName, text: string): void {
  expect(schemaErrors(name, text)).toEqual([]);
}

/** The parts of an output between lines `==`. */
function parts({ stdout }: Outcome): string[] {
  return stdout.split('==\n');
}

describe.each(namedPrograms())('$name', ({ programs }) => {
  const director = (script: string): Promise<Outcome> => directorWith(programs, script);

  describe('the table', () => {
    test('with every kind of entry follows its schema, and comes back from JSON as it was', async () => {
      const outcome = await director(`table; reference -Sn; reference -Ln --thresholds; echo ==
ours -L --json | tee /run/listing; echo ==
ours -S --json | tee /run/rules; echo ==
ours -C; ours -R </run/rules; reference -Sn; reference -Ln --thresholds; echo ==
${programs}/ipvsadm-restore </run/listing; reference -Sn; reference -Ln --thresholds; echo ==
ours diff /run/rules; ours diff /run/listing; ours check /run/rules >/run/checked; echo $?; echo ==
ours -L --json --pretty >/run/pretty; ours -C; ours -R </run/pretty; reference -Sn; reference -Ln --thresholds`);
      expect(outcome.stderr).toBe('');
      const [before, listing = '', saved = '', first, second, same, third] = parts(outcome);
      expect(before).toContain('-A -t 10.0.0.1:80 -s wrr -p 300 -M 255.255.255.0');
      expectSchema('table', listing);
      expectSchema('rules', listing);
      expectSchema('rules', saved);
      expect([first, second, third]).toEqual([before, before, before]);
      expect(same).toBe('0\n');
    });

    test('as JSON, whole', async () => {
      const outcome = await director(`reference -A -t 10.0.0.1:80 -s wrr -p 300
reference -a -t 10.0.0.1:80 -r 10.1.0.1:8080 -m -w 5 -x 100 -y 50
reference -A -f 3 -6
ours -L --json; ours -S --json; ours -L --json -f 3 -6`);
      const none = '{"connections":0,"in_packets":0,"out_packets":0,"in_bytes":0,"out_bytes":0}';
      const http =
        '{"protocol":"tcp","address":"10.0.0.1","port":80,"scheduler":"wrr","scheduler_flags":[],"flags":[],' +
        '"persistence":{"timeout":300,"netmask":"255.255.255.255"},';
      const mark = '{"fwmark":3,"family":"ipv6","scheduler":"wlc","scheduler_flags":[],"flags":[],';
      const stats = `"stats":${none},"rates":${none}`;
      const server =
        '{"address":"10.1.0.1","port":8080,"forwarding":"masquerade","weight":5,"upper_threshold":100,"lower_threshold":50';
      const listedMark = `{"services":[${mark}${stats},"destinations":[]}]}\n`;
      const [listing, ...others] = outcome.stdout.split(/(?<=\n)/);
      expect(listing?.replace(/"connection_table_size":[0-9]+/, '"connection_table_size":256')).toBe(
        `{"info":{"version":"1.2.1","connection_table_size":256},"total":{${stats}},"services":[` +
          `${http}${stats},"destinations":[${server},"active_connections":0,"inactive_connections":0,"persistent_connections":0,${stats}}]},` +
          listedMark.slice('{"services":['.length),
      );
      expect(others).toEqual([
        `{"services":[${http}"destinations":[${server}}]},${mark}"destinations":[]}]}\n`,
        listedMark,
      ]);
    });

    test('of which no rule can say something is listed as it is and saved as the nearest, which is told', async () => {
      const outcome = await director(`node --input-type=module <<'END'
import { IpvsClient } from '${projectRoot}/dist/library/ipvs/client.js';
import { serviceWith } from '${projectRoot}/dist/library/ipvs/defaults.js';
import { fwmarkService } from '${projectRoot}/dist/library/ipvs/model.js';
const client = await IpvsClient.open();
await client.addService(serviceWith(fwmarkService(1), { timeout: 3000000 }));
client.close();
END
ours -L --json; ours -S --json`);
      const [listing = '', saved = ''] = outcome.stdout.split('\n');
      expectSchema('table', listing);
      expect(listing).toContain('"persistence":{"timeout":3000000,');
      expectSchema('rules', saved);
      expect(saved).toContain('"persistence":{"timeout":2678400,');
      expect(outcome.stderr).toBe('FWM 1: persistence timeout 3000000 is saved as 2678400\n');
    });

    test('with names beside numbers when they are asked for', async () => {
      const outcome =
        await director(`reference -A -t 127.0.0.1:80; reference -a -t 127.0.0.1:80 -r 10.1.0.1 -m
ours -L --json --names -t 127.0.0.1:80; ours -L --json -t 127.0.0.1:80`);
      const [named = '', numeric = ''] = outcome.stdout.split('\n');
      expect(named).toContain('"address":"127.0.0.1","host_name":"localhost","port":80,"port_name":"http",');
      expectSchema('table', named);
      expect(numeric).not.toContain('_name');
    });

    test('of a service that is not there is an error like the classic one', async () => {
      const outcome = await director(
        `ours -L --json -t 10.0.0.1:80; echo $?; ours -Ln -t 10.0.0.1:80; echo $?`,
      );
      expect(outcome).toEqual({ stdout: '1\n1\n', stderr: 'No such service\nNo such service\n', status: 0 });
    });
  });

  describe('a table under traffic', () => {
    const traffic = `for address in 10.0.0.1 10.1.0.1 10.1.0.2; do ip addr add $address/32 dev lo; done
reference -A -t 10.0.0.1:80 -s rr -p 60
reference -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 0
reference -a -t 10.0.0.1:80 -r 10.1.0.2:80 -m -x 3
socat TCP-LISTEN:80,bind=10.1.0.2,fork,reuseaddr EXEC:cat &
until socat -u OPEN:/dev/null TCP:10.1.0.2:80 2>/dev/null; do busybox usleep 50000; done
for i in 1 2 3; do echo hello | socat -t2 - TCP:10.0.0.1:80 >/dev/null; done
# The kernel sums counters up every two seconds.
until grep -Eq '^ +3 ' /proc/net/ip_vs_stats; do busybox usleep 100000; done
sleep 3
`;

    test('has the counters, connections and totals that the reference and the kernel tell', async () => {
      const outcome = await director(`${traffic}
ours -L --json; echo ==
reference -Ln --stats --exact; reference -Ln; echo ==
cat /proc/net/ip_vs_stats; echo ==
ours -L --connection --json; echo ==
reference -Lnc | tail -n +3 | wc -l
kill %1`);
      expect(outcome.stderr).toBe('');
      const [listing = '', reference = '', totals = '', connections = '', count = ''] = parts(outcome);
      expectSchema('table', listing);
      const table = JSON.parse(listing) as {
        readonly total: { readonly stats: Readonly<Record<string, number>> };
        readonly services: readonly {
          readonly stats: Readonly<Record<string, number>>;
          readonly destinations: readonly {
            readonly stats: Readonly<Record<string, number>>;
            readonly active_connections: number;
            readonly inactive_connections: number;
            readonly persistent_connections: number;
          }[];
        }[];
      };
      const [service] = table.services;
      const second = service?.destinations[1];
      const numbers = (stats: Readonly<Record<string, number>> | undefined): string =>
        Object.values(stats ?? {})
          .map((value) => `  *${value}`)
          .join('');
      expect(service?.stats['connections']).toBe(3);
      expect(reference).toMatch(new RegExp(`TCP  10\\.0\\.0\\.1:80 ${numbers(service?.stats)}\n`));
      expect(reference).toMatch(new RegExp(`-> 10\\.1\\.0\\.2:80 ${numbers(second?.stats)}\n`));
      expect(reference).toMatch(
        new RegExp(
          `Masq    1      ${second?.active_connections ?? ''} +${second?.inactive_connections ?? ''} +\n`,
        ),
      );
      expect(second?.persistent_connections).toBe(1);
      const [, , hexadecimal = ''] = totals.split('\n');
      const total = hexadecimal.trim().split(/ +/);
      expect(total.map((word) => Number.parseInt(word, 16))).toEqual(Object.values(table.total.stats));

      const lines = connections.trimEnd().split('\n');
      expect(lines).toHaveLength(Number(count));
      for (const line of lines) expectSchema('connection', line);
      expect(connections).toMatch(
        /^\{"protocol":"tcp","client":\{"address":"10\.0\.0\.1","port":[0-9]+\},"virtual":\{"address":"10\.0\.0\.1","port":80\},"destination":\{"address":"10\.1\.0\.2","port":80\},"state":"[A-Z_]+","expires":[0-9]+\}$/m,
      );
    });

    test('is drawn, with what keeps connections from servers', async () => {
      const outcome = await director(`${traffic}
ours -Ln --format table | tee /run/drawn
TERM=xterm script -qec '${programs}/ipvsadm -Ln --format table' /dev/null | tr -d '\\r' | tee /run/coloured |
  sed 's/\\x1b\\[[0-9;]*m//g' | cmp - /run/drawn
sed -En 's/.*\\x1b\\[([0-9]+)m *(weight 0|over threshold) *\\x1b.*/\\2 in colour \\1/p' /run/coloured
kill %1`);
      expect(outcome.stdout.replace(/│ +[0-9]+ │ +[0-9]+ │ over/, '│      A │        I │ over'))
        .toBe(`┌─────────────────────┬─────────┬────────┬────────┬──────────┬────────────────┐
│ Service and servers │ Forward │ Weight │ Active │ Inactive │ State          │
├─────────────────────┴─────────┴────────┴────────┴──────────┼────────────────┤
│ TCP 10.0.0.1:80  rr persistent 60                          │                │
│   10.1.0.1:80       │ Masq    │      0 │      0 │        0 │ weight 0       │
│   10.1.0.2:80       │ Masq    │      1 │      A │        I │ over threshold │
└─────────────────────┴─────────┴────────┴────────┴──────────┴────────────────┘
weight 0 in colour 33
over threshold in colour 31
`);
    });

    test('as metrics that Prometheus takes', async () => {
      if (promtool === undefined) throw new Error('no promtool: run node test/setup.mjs as root');
      const outcome = await director(`${traffic}table
ours -L --format prometheus >/run/metrics; ${promtool} check metrics </run/metrics; echo $?
grep '^ipvs_connections_total\\|^ipvs_backend_connections_total.*remote_address="10.1.0.2".*\\|^ipvs_info' /run/metrics
ours -L --format prometheus -f 5 | ${promtool} check metrics; echo $?
ours -L --format prometheus -f 5 | grep -v '^#' | sed 's/{.*//' | sort -u | tr '\\n' ' '
kill %1`);
      const label = 'family="ipv4",proto="TCP",local_address="10.0.0.1",local_port="80",local_mark=""';
      expect(outcome.stdout).toBe(`0
ipvs_info{version="1.2.1"} 1
ipvs_connections_total 3
ipvs_backend_connections_total{${label},remote_address="10.1.0.2",remote_port="80"} 3
ipvs_backend_connections_total{${label},remote_address="10.1.0.2",remote_port="8080"} 0
0
ipvs_backend_connections_active ipvs_backend_connections_inactive ipvs_backend_connections_persistent ipvs_backend_connections_total ipvs_backend_incoming_bytes_total ipvs_backend_incoming_packets_total ipvs_backend_lower_threshold ipvs_backend_outgoing_bytes_total ipvs_backend_outgoing_packets_total ipvs_backend_upper_threshold ipvs_backend_weight ipvs_service_connections_total ipvs_service_incoming_bytes_total ipvs_service_incoming_packets_total ipvs_service_info ipvs_service_outgoing_bytes_total ipvs_service_outgoing_packets_total `);
    });
  });

  test('timeouts and sync daemons', async () => {
    const outcome = await director(`reference --set 800 100 200
reference --start-daemon master --mcast-interface lo --syncid 7
reference --start-daemon backup --mcast-interface lo --syncid 8 --mcast-group 239.0.0.1
ours -L --timeout --json; ours -L --daemon --json; ours -S --all --json | tee /run/rules
reference --stop-daemon master; reference --stop-daemon backup; reference --set 900 120 300
ours -R </run/rules; reference -L --timeout; reference -L --daemon`);
    expect(outcome.stderr).toBe('');
    const [timeouts = '', daemons = '', saved = '', ...after] = outcome.stdout.trimEnd().split('\n');
    expect(timeouts).toBe('{"timeouts":{"tcp":800,"tcp_fin":100,"udp":200}}');
    expectSchema('timeouts', timeouts);
    expectSchema('daemons', daemons);
    expect(daemons).toMatch(
      /^\{"daemons":\[\{"state":"master","interface":"lo","sync_id":7,"max_length":[0-9]+,"group":"224\.0\.0\.81","port":8848,"ttl":1\},\{"state":"backup","interface":"lo","sync_id":8,"max_length":[0-9]+,"group":"239\.0\.0\.1","port":8848,"ttl":1\}\]\}$/,
    );
    expectSchema('rules', saved);
    expect(after).toEqual([
      'Timeout (tcp tcpfin udp): 800 100 200',
      expect.stringMatching(
        /^master sync daemon \(mcast=lo, syncid=7, maxlen=[0-9]+, group=224\.0\.0\.81, port=8848, ttl=1\)$/,
      ),
      expect.stringMatching(
        /^backup sync daemon \(mcast=lo, syncid=8, maxlen=[0-9]+, group=239\.0\.0\.1, port=8848, ttl=1\)$/,
      ),
    ]);
  });

  test('differences follow their schema: all added, edited and removed', async () => {
    const outcome = await director(`table; reference -d -u [2001:db8::1]:53 -r 10.1.0.3:53
ours -S --all --json >/run/few
reference --set 800 100 200; reference --start-daemon backup --mcast-interface lo --syncid 8
ours -S --all --json >/run/all
sed 's/"weight":[0-9]*/"weight":77/g; s/"scheduler":"wrr"/"scheduler":"rr"/g; s/"udp":200/"udp":201/; s/"sync_id":8/"sync_id":9/' /run/all >/run/edited
ours diff --json /run/edited; echo "== $?"
echo '{"services":[]}' | ours apply --json
reference --stop-daemon backup
ours apply --dry-run --json --pretty /run/all; echo "== $?"
ours apply --json /run/few; echo "== $?"
ours diff --json /run/few; echo "== $?"
ours diff --json /run/few /run/edited; echo "== $?"`);
    expect(outcome.stderr).toBe('');
    const changes = outcome.stdout.split(/(?<=\n\}\n|\]\}\n)/).map((text) => text.replace(/^== .*\n/, ''));
    for (const text of changes) if (text !== '') expectSchema('diff', text);
    const kinds = changes.flatMap((text) => {
      if (text === '') return [];
      const parsed = JSON.parse(text) as { changes: { change: string; entry: string }[] };
      return [new Set(parsed.changes.map(({ change, entry }) => `${change} ${entry}`))];
    });
    const additions = ['add service', 'add destination'];
    const edits = ['edit timeouts', 'edit service', 'edit destination'];
    expect(kinds).toEqual([
      new Set([...edits, 'edit daemon']),
      new Set(['remove service', 'remove destination']),
      new Set([...additions, 'add daemon']),
      new Set([...additions, 'edit timeouts']),
      new Set(),
      new Set([...edits, 'add daemon']),
    ]);
    expect(outcome.stdout.match(/^== .*$/gm)).toEqual(['== 1', '== 0', '== 0', '== 0', '== 1']);
  });

  test('faults in JSON are told with their place, and nothing is changed', async () => {
    const outcome = await director(`table; reference -Sn >/run/before
printf '{"services": [\\n  {"protocol": "tcp", "address": "10.0.0.9", "port": 80,\\n   "wieght": 1}]}' | ours -R; echo $?
printf '{"services": []' | ${programs}/ipvsadm-restore; echo $?
printf '{"services": [{"protocol": "tcp", "address": "\\303("}]}' | ours -R; echo $?
reference -Sn | cmp - /run/before`);
    expect(outcome).toEqual({
      stdout: '2\n2\n2\n',
      stderr: `line 3, column 4: services[0]: unknown key "wieght"
line 1, column 16: expected a comma or }, got the end of the text
line 1, column 47: not UTF-8
`,
      status: 0,
    });
  });

  test('colours only on a terminal that wants them', async () => {
    const outcome = await director(`reference -A -t 10.0.0.1:80; export TERM=xterm; unset NO_COLOR
seen() { script -qec "$1" /dev/null | grep -c $'\\e\\[1m'; }
seen '${programs}/ipvsadm -Ln --format table'
NO_COLOR=1 seen '${programs}/ipvsadm -Ln --format table'
TERM=dumb seen '${programs}/ipvsadm -Ln --format table'
ours -Ln --format table | grep -c $'\\e'
seen '${programs}/ipvsadm -Ln'`);
    expect(outcome.stdout).toBe('2\n0\n0\n0\n0\n');
  });

  test('what does not go together is refused as the original refuses', async () => {
    const outcome =
      await director(`for words in '-L --format xml' '-L --pretty' '-L --names' '-L --json --names -n' \\
  '-L --json --format table' '-L --timeout --format table' '-Lc --format prometheus' '-S --format table' \\
  '-A -t 10.0.0.1:80 --json' '-L --format' '-L --json=1'; do ours $words; echo $?; done 2>&1`);
    expect(outcome.stdout).toBe(`illegal format specified
2
You need to supply the 'json' option for the 'pretty' option
2
You need to supply the 'json' option for the 'names' option
2
The option 'names' conflicts with the 'numeric' option in the 'list' command
2
multiple 'format' options specified
2
The format 'table' conflicts with the 'timeout' option in the 'list' command
2
The format 'prometheus' conflicts with the 'connection' option in the 'list' command
2
The format 'table' conflicts with the 'save' command
2
Illegal 'format' option with the 'add-service' command
2
--format: missing argument
255
--json=1: option does not take an argument
255
`);
  });
});

test('what was written before something unexpected is printed', async () => {
  const outcome = await directorWith(
    join(projectRoot, 'bin'),
    `cat >/run/unexpected.cjs <<'END'
const fs = require('node:fs');
const { closeSync } = fs;
fs.closeSync = (descriptor) => {
  const isList = fs.readlinkSync('/proc/self/fd/' + descriptor).endsWith('/net/ip_vs_conn');
  closeSync(descriptor);
  if (isList) throw new RangeError('of the test');
};
END
NODE_OPTIONS='--require /run/unexpected.cjs' ours -Lnc`,
  );
  expect(outcome).toEqual({
    stdout:
      'IPVS connection entries\npro expire state       source             virtual            destination\n',
    stderr: 'ipvsadm: of the test\n',
    status: 1,
  });
});
