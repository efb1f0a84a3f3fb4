import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, shellQuote, type JobResult, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

const ours = join(projectRoot, 'bin/ipvsadm');

/** Runs a script in fresh networks with two directors; the virtual address is nobody's yet. */
async function inNetworks(script: string): Promise<JobResult> {
  return lab.run(
    `set -e
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
cd ${shellQuote(join(projectRoot, 'test/traffic'))}
. ./topology.sh
ip -all netns delete
build_networks; build_client client; build_director director 1 01; build_director backup 2 02; build_servers
ours() { inside "$1" ${ours} "\${@:2}"; }
# until SECONDS COMMAND...: waits for a command to succeed.
until_true() { for ((n = 0; n < $1 * 5; n++)); do "\${@:2}" && return; sleep 0.2; done; echo "not within $1 s: \${*:2}"; }
${script}`,
    { timeoutMs: 600_000 },
  );
}

const stages = `
# stage NAME DIRECTOR: the servers, which both programs must list alike.
stage() {
  ours $2 -Ln >/run/ours; inside $2 /usr/sbin/ipvsadm -Ln >/run/reference
  echo "$1: $(awk '$1 == "->" && $2 ~ /^10/ { print $2 }' /run/ours | sort | xargs)"
  diff /run/ours /run/reference || true
}
has() { inside $1 /usr/sbin/ipvsadm -Ln | awk '$1 == "->" && $2 ~ /^10/' | wc -l | grep -qx $2; }
holds() { ip -n $1 -brief address show front | grep -q 203.0.113.10/; }
`;

function keepalivedFile(state: string, priority: number): string {
  const server = (number: number): string => `  real_server 10.0.2.5${number} 8001 {
    weight 1
    TCP_CHECK {
      connect_timeout 1
      retry 0
    }
  }`;
  return `vrrp_instance one {
  state ${state}
  interface back
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  virtual_ipaddress {
    203.0.113.10/32 dev front
  }
}
virtual_server 203.0.113.10 8001 {
  delay_loop 1
  lb_algo rr
  lb_kind DR
  protocol TCP
${[1, 2, 3].map(server).join('\n')}
}
`;
}

test('keepalived takes a dead server out, brings it back and moves the address; both programs list the same', async () => {
  const plan = JSON.stringify([
    { count: 6, size: 100, from: ['203.0.113.100'], protocol: 'tcp', address: '203.0.113.10', port: 8001 },
  ]);
  const { stdout, stderr } = await inNetworks(`${stages}
serve() { ip netns exec server$1 python3 -B ./peer.py serve server$1 8001-8001 >/run/server$1 2>&1 & }
serve 1; serve 3; serve 2; second=$!
ready server1 server2 server3
cat >/run/director.conf <<'END'
${keepalivedFile('MASTER', 150)}END
cat >/run/backup.conf <<'END'
${keepalivedFile('BACKUP', 100)}END
for name in director backup; do
  ip netns exec $name keepalived -n -l -f /run/$name.conf -p /run/$name.pid -c /run/$name-c.pid -r /run/$name-v.pid >/run/$name.log 2>&1 &
done
until_true 15 has director 3; until_true 15 has backup 3; until_true 15 holds director
stage 'all up' director; stage 'all up' backup
kill $second; wait $second || true
until_true 15 has director 2; until_true 15 has backup 2
stage 'one killed' director; stage 'one killed' backup
serve 2
until_true 15 has director 3; until_true 15 has backup 3
stage 'one back' director
inside client python3 -B ./peer.py ask <<<${shellQuote(plan)}
kill $(cat /run/director.pid)
until_true 15 holds backup; until_true 15 has director 0
stage 'master stopped' director; stage 'master stopped' backup
inside client python3 -B ./peer.py ask <<<${shellQuote(plan)}
kill $(cat /run/backup.pid)
until_true 15 has backup 0
stage 'both stopped' backup`);
  const three = '10.0.2.51:8001 10.0.2.52:8001 10.0.2.53:8001';
  const two = '10.0.2.51:8001 10.0.2.53:8001';
  const lines = stdout.split('\n').slice(0, -1);
  const answers = lines.filter((line) => line.startsWith('['));
  expect({ stderr, stages: lines.filter((line) => !line.startsWith('[')) }).toEqual({
    stderr: '',
    stages: [
      ...[`all up: ${three}`, `all up: ${three}`, `one killed: ${two}`, `one killed: ${two}`],
      ...[`one back: ${three}`, 'master stopped: ', `master stopped: ${three}`, 'both stopped: '],
    ],
  });
  for (const answer of answers) {
    const [names = []] = JSON.parse(answer) as string[][];
    expect(names.toSorted()).toEqual(['server1', 'server1', 'server2', 'server2', 'server3', 'server3']);
  }
  expect(answers).toHaveLength(2);
});

test('in front of nginx and HAProxy: one proxy is drained, killed and comes back, and every page arrives', async () => {
  const { stdout, stderr } = await inNetworks(`
mkdir -p /run/www /run/nginx; echo 'the page' >/run/www/index.html
ip netns exec server3 busybox httpd -f -p 10.0.2.53:9000 -h /run/www &
cat >/run/nginx.conf <<'END'
daemon off; master_process off; user root; pid /run/nginx/pid; error_log /run/nginx/errors;
events { }
http {
  access_log off;
  client_body_temp_path /run/nginx/a; proxy_temp_path /run/nginx/b; fastcgi_temp_path /run/nginx/c;
  uwsgi_temp_path /run/nginx/d; scgi_temp_path /run/nginx/e;
  server { listen 8080; location / { add_header X-Proxy nginx; proxy_pass http://10.0.2.53:9000; } }
}
END
cat >/run/haproxy.conf <<'END'
defaults
  mode http
  timeout connect 3s
  timeout client 3s
  timeout server 3s
listen proxy
  bind :8080
  http-response set-header X-Proxy haproxy
  server page 10.0.2.53:9000
END
ip netns exec server1 nginx -c /run/nginx.conf &
haproxy() { ip netns exec server2 /usr/sbin/haproxy -db -f /run/haproxy.conf >/run/haproxy.log 2>&1 & proxy=$!; }
haproxy
for server in 51 52; do until_true 10 inside director curl -sfo /dev/null http://10.0.2.$server:8080/; done
give_virtual_addresses director
ours director -R <<'RULES'
-A -t 203.0.113.10:80 -s rr
-a -t 203.0.113.10:80 -r 10.0.2.51:8080 -m
-a -t 203.0.113.10:80 -r 10.0.2.52:8080 -m
RULES
fetch() {
  for ((i = 0; i < $2; i++)); do inside client curl -sS -m 5 -D /run/head http://203.0.113.10/ >/run/page
    [ "$(cat /run/page)" = 'the page' ] && sed -n 's/\\r$//; s/^[xX]-[pP]roxy: //p' /run/head; done | sort | uniq -c | xargs echo "$1:"
}
fetch both 6
ours director drain -t 203.0.113.10:80 -r 10.0.2.52:8080 --timeout 20 >/dev/null
fetch drained 4
kill $proxy; wait $proxy || true
fetch killed 4
haproxy
until_true 10 inside director curl -sfo /dev/null http://10.0.2.52:8080/
ours director undrain -t 203.0.113.10:80 -r 10.0.2.52:8080 >/dev/null
fetch back 6`);
  expect({ stderr, lines: stdout.trimEnd().split('\n') }).toEqual({
    stderr: '',
    lines: ['both: 3 haproxy 3 nginx', 'drained: 4 nginx', 'killed: 4 nginx', 'back: 3 haproxy 3 nginx'],
  });
});
