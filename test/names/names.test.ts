import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyProgramUnderTest } from '../conformance/script.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

let lab: Lab;

/** As the manual says: what has no name after so many seconds is printed as a number. */
const bound = 4;
/** What starting, listing and a busy machine may take on top, in seconds. */
const slack = 4;
const servers = 200;

beforeAll(async () => {
  lab = await bootLab();
});

afterAll(async () => {
  await lab.powerOff();
});

interface Listing {
  /** The names of the servers, without ports. */
  readonly names: readonly string[];
  readonly seconds: number;
  /** What was asked of the name server, in order. */
  readonly questions: readonly string[];
  readonly text: string;
}

/** Lists a service of many servers without `-n` while a name server of that kind is the only one. */
async function list(programs: string, kind: string): Promise<Listing> {
  const server = join(projectRoot, 'test/names/name-server.py');
  const log = join(lab.directory, 'questions');
  const script = `
ip link set lo up
printf 'nameserver 127.0.0.1\\n' >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf
rm -f ${log}; : >${log}
python3 ${server} ${shellQuote(kind)} ${log} &
server=$!
until grep -q ':0035' /proc/net/udp; do sleep 0.05; done
{
  echo '-A -t 10.55.0.1:80'
  for host in $(seq ${servers}); do echo "-a -t 10.55.0.1:80 -r 10.55.1.$host:80 -m"; done
} | ${programs}/ipvsadm -R
start=$EPOCHREALTIME
${programs}/ipvsadm -L || exit
end=$EPOCHREALTIME
echo "took $((\${end/./} - \${start/./}))"
kill $server
`;
  const { status, stdout, stderr } = await lab.run(`unshare -n -m bash -c ${shellQuote(script)}`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const names = Array.from(stdout.matchAll(/^ {2}-> (\S+):http /gm), ([, name = '']) => name);
  const { stdout: questions } = await lab.run(`cat ${log}`);
  return {
    names,
    seconds: Number(/took (\d+)/.exec(stdout)?.[1]) / 1e6,
    questions: questions.trim().split('\n'),
    text: stdout,
  };
}

const addresses = Array.from({ length: servers }, (_, index) => `10.55.1.${index + 1}`);

/** Names as they are cut in the listing's column. */
const named = addresses.map((address) => `web${address.split('.').at(-1) ?? ''}.example`);

for (const programs of everyProgramUnderTest()) {
  const listings = { good: named, slow: named } as Readonly<Record<string, readonly string[]>>;
  const bad = [
    'dead',
    'random',
    'other identity',
    'truncated',
    'cut',
    'wrong length',
    'loop',
    'control characters',
    'spaces',
    'no name',
  ];
  test.each(['good', 'slow', ...bad])(`${programs}: a name server that is %s`, async (kind) => {
    const { names, seconds, questions, text } = await list(programs, kind);
    expect(names).toEqual(listings[kind] ?? addresses);
    expect(seconds).toBeLessThan(bound + slack);
    expect(text).not.toMatch(/[^\n\x20-\x7e]/);
    if (kind === 'good') {
      expect(questions).toHaveLength(servers + 1);
      expect(new Set(questions).size).toBe(servers + 1);
    }
  });

  test(`${programs}: each database of names is read once`, async () => {
    const { status, stdout } = await lab.run(
      `unshare -n -m bash -c ${shellQuote(`
ip link set lo up
: >/run/resolv.conf; mount --bind /run/resolv.conf /etc/resolv.conf
for host in 1 2 3 4 5; do echo "-A -t 10.55.0.$host:http"; echo "-a -t 10.55.0.$host:www -r 10.55.1.$host:https -m"; done >/run/rules
strace -f -e trace=open,openat -o /run/restored ${programs}/ipvsadm -R </run/rules
strace -f -e trace=open,openat -o /run/listed ${programs}/ipvsadm -L >/dev/null
for run in restored listed; do echo "$run $(grep -c '"/etc/services"' /run/$run)"; done`)}`,
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'restored 1\nlisted 1\n' });
  });
}
