import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyProgramUnderTest } from '../conformance/script.ts';
import { compileConnections, connectionsCommand, swallowingNetwork } from '../lab/connections.ts';
import { bootLab, type Lab } from '../lab/lab.ts';

let lab: Lab;
const program = compileConnections();

const established = { kind: 'established', address: '10.8.0.1', port: 80 } as const;
const udp = { kind: 'udp', address: '10.8.0.1', port: 80 } as const;

/** A service of TCP and one of UDP with three servers each, that nobody answers for. */
const services = `
${swallowingNetwork}
ip address add 10.8.0.1/32 dev lo
ipvsadm -R <<'END'
${['t', 'u']
  .flatMap((letter) => [
    `-A -${letter} 10.8.0.1:80 -s rr`,
    ...[1, 2, 3].map((host) => `-a -${letter} 10.8.0.1:80 -r 10.9.0.${host}:80 -g`),
  ])
  .join('\n')}
END
`;

const everyProgram = everyProgramUnderTest().map((programs) => ({ name: basename(programs), programs }));

async function runWith(programs: string, script: string): Promise<string> {
  const { stdout, stderr } = await lab.run(`export PATH=${programs}:$PATH\n${script}`, {
    timeoutMs: 600_000,
  });
  return `${stdout}${stderr}`;
}

const runFirst = (script: string): Promise<string> => runWith(everyProgram[0]?.programs ?? '', script);

beforeAll(async () => {
  lab = await bootLab({ memory: '2G' });
  // A million connections in the default table of 4096 buckets would take minutes to make.
  expect(await runFirst(`modprobe ip_vs conn_tab_bits=18\n${services}`)).toBe('');
  await runFirst(
    connectionsCommand(program, { ...established, count: 900, firstClient: '13.0.0.1', perClient: 3 }),
  );
  await runFirst(
    connectionsCommand(program, { ...udp, count: 9000, firstClient: '14.0.0.1', perClient: 10 }),
  );
});

afterAll(async () => {
  await lab.powerOff();
});

/** Peak memory in kilobytes. Busybox takes what the kernel gives in kilobytes for pages of four. */
function peakMemory(report: string): number {
  return Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(report)?.[1]) / 4;
}

/** Peak memory in kilobytes by program and command. */
async function peaks(): Promise<Map<string, number>> {
  const peak = new Map<string, number>();
  for (const { name, programs } of everyProgram) {
    const options = ['', '--count', '--json', '--by service,state', '--by client'];
    for (const command of ['-Lnc --json', ...options.map((option) => `conns ${option}`)]) {
      const report = await runWith(programs, `busybox time -v ipvsadm ${command} 2>&1 >/dev/null`);
      peak.set(`${name} ${command}`, peakMemory(report));
    }
  }
  return peak;
}

describe.each(everyProgram)('$name', ({ programs }) => {
  const run = (script: string): Promise<string> => runWith(programs, script);

  test('connections are filtered by client, virtual address, server, protocol and state', async () => {
    const counts = {
      '': 9900,
      '--client 13.0.0.0/24': 765,
      '--client 13.0.0.1': 3,
      '--client 13.0.0.1:1024-1025': 2,
      '--client 13.0.0.1 --client 14.0.0.1': 13,
      '--client 13.0.0.1,14.0.0.1 --protocol udp': 10,
      '--vip 10.8.0.1:80': 9900,
      '--vip :443': 0,
      '--server 10.9.0.2': 3300,
      '--server 10.9.0.0/30 --protocol tcp': 900,
      '--state established': 900,
      '--state UDP,SYN_RECV': 9000,
    };
    const script = Object.keys(counts).map((filter) => `ipvsadm conns --count ${filter}`);
    expect((await run(script.join('\n'))).split('\n')).toEqual([...Object.values(counts).map(String), '']);
  });

  test('connections are listed as the classic listing does', async () => {
    expect(
      await run(
        'ipvsadm conns --protocol tcp | sed s/14:../14:xx/ | sort | md5sum; ipvsadm -Lcn | grep -v ^UDP | sed s/14:../14:xx/ | sort | md5sum',
      ),
    ).toMatch(/^(.*)\n\1\n$/);
    expect(
      await run('ipvsadm conns --client 13.0.0.1:1024 | sed "s/14:../14:xx/; s/10.9.0.[123]/10.9.0.x/"'),
    ).toBe(
      `IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:xx  ESTABLISHED 13.0.0.1:1024      10.8.0.1:80        10.9.0.x:80
`,
    );
    const [line = ''] = (await run('ipvsadm conns --client 13.0.0.1:1024 --json')).split('\n');
    expect(JSON.parse(line)).toMatchObject({
      protocol: 'tcp',
      client: { address: '13.0.0.1', port: 1024 },
      virtual: { address: '10.8.0.1', port: 80 },
      destination: { port: 80 },
      state: 'ESTABLISHED',
    });
  });

  test('connections are counted by what they share', async () => {
    expect(await run('ipvsadm conns --by service,state')).toBe(`connections  service          state
       9000  UDP 10.8.0.1:80  UDP
        900  TCP 10.8.0.1:80  ESTABLISHED
`);
    expect(await run('ipvsadm conns --protocol tcp --by server | sort')).toBe(`        300  10.9.0.1:80
        300  10.9.0.2:80
        300  10.9.0.3:80
connections  server
`);
    expect(await run('ipvsadm conns --by client --top 2 --json | cut -d, -f2')).toBe(
      '"connections":10}\n"connections":10}\n',
    );
  });

  test('a mistake is told in a line', async () => {
    expect(
      await run(`ipvsadm conns --top 3; echo $?; ipvsadm conns --by colour; echo $?
      ipvsadm conns --protocol icmp; echo $?; ipvsadm conns --client 10.0.0/8 2>&1 | cut -c-50; ipvsadm conns --by state --count`),
    ).toBe(`2
2
2
ipvsadm conns: --client 10.0.0/8: no such form; se
ipvsadm conns: --top goes with --by
ipvsadm conns: --by colour: connections are counted by client, server, service, state
ipvsadm conns: --protocol ICMP: no such protocol
ipvsadm conns: either --count or --by
`);
  });
});

test('a million connections need no more memory than a hundred thousand', async () => {
  const more = { ...udp, firstClient: '15.0.0.1', perClient: 1 };
  await runFirst(connectionsCommand(program, { ...more, count: 90_100 }));
  const few = await peaks();
  await runFirst(connectionsCommand(program, { ...more, count: 900_000, firstClient: '16.0.0.1' }));
  expect(await runFirst('ipvsadm conns --count')).toBe('1000000\n');
  const many = await peaks();
  console.log('peak memory in kB at 100,000 and 1,000,000 connections', few, many);
  for (const [command, memory] of many) {
    // Garbage comes and goes: a runtime that kept 900,000 connections more would need far more than 16 MB.
    expect(memory, command).toBeLessThan((few.get(command) ?? 0) + 16_384);
  }
  for (const { programs } of everyProgram) {
    const output = await runWith(programs, 'ipvsadm conns --by client --top 3');
    const [title, ...rest] = output.split('\n');
    expect(title).toBe('connections  client');
    // The ten connections of the clients before them are among the many of the new ones: none is counted too often.
    const counts = rest.filter((line) => line.startsWith(' ')).map((line) => Number(line.slice(0, 11)));
    expect(counts.every((count) => count <= 10)).toBe(true);
    expect(rest.at(-2)).toMatch(/^More than 65536 groups: counts are up to \d+ too low/);
  }
});
