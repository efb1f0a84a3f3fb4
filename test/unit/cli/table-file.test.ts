import { expect, test } from 'vitest';
import { parseTableText } from '../../../src/cli/table-file.ts';
import { addressService, Protocol } from '../../../src/ipvs/model.ts';
import { IpAddress } from '../../../src/ipvs/address.ts';

/** The mistakes of a text, each as `line:column: reason`. */
async function mistakes(text: string): Promise<string[]> {
  const { errors } = await parseTableText({ name: 'rules', text });
  return errors.map(({ place, reason }) => `${place.line}:${place.column}: ${reason}`);
}

/** The mistake of one rule behind a good one, and the word it points at. */
async function mistake(rule: string): Promise<string> {
  const { errors } = await parseTableText({ name: 'rules', text: `-A -t 10.0.0.1:80\n${rule}` });
  expect(errors.length).toBe(1);
  const [{ place, reason } = { place: { line: 0, column: 0 }, reason: '' }] = errors;
  expect(place.line).toBe(2);
  const word = /^[^ \t]*/.exec(rule.slice(place.column - 1))?.[0] ?? '';
  return `${word}: ${reason}`;
}

test.each([
  ['-A -t 10.0.0.2:80 -s rr -w 5', "-w: Illegal 'weight' option with the 'add-service' command"],
  ['-A -w 5 -t 10.0.0.2:80', "-w: Illegal 'weight' option with the 'add-service' command"],
  ['-A', "-A: You need to supply the 'service-address' option for the 'add-service' command"],
  ['-A -t 10.0.0.2:x', '10.0.0.2:x: illegal virtual server address[:port] specified'],
  ['-A -t 10.0.0.2:0 -s rr', '10.0.0.2:0: Zero port specified for non-persistent service'],
  ['-A -t 10.0.0.2:80 -p 0', "0: invalid timeout value `0' specified"],
  ['-A -t 10.0.0.2:80 -o -s rr', '-o: One-Packet Scheduling is only for UDP virtual services'],
  ['-A -t 10.0.0.2:80 -s rr -b sh-port', "sh-port: incompatible scheduler flag `sh-port'"],
  ['-A -t 10.0.0.2:80 -t 10.0.0.3:80', "10.0.0.3:80: multiple 'service-address' options specified"],
  ['-A -t 10.0.0.2:80 -q', '-q: -q: unknown option'],
  ['-A -t 10.0.0.2:80 word', 'word: unexpected argument word'],
  ['-A -t', '-t: -t: missing argument'],
  ['  -a -t 10.0.0.1:80 -r 10.0.1.1 -w x', 'x: illegal weight specified'],
  ['ipvsadm -a -t 10.0.0.1:80 -r 10.0.1.1 -w x', 'x: illegal weight specified'],
  ['-a -t 10.0.0.1:80 -w 3', "-a: You need to supply the 'real-server' option for the 'add-server' command"],
  ['-a -t 10.0.0.1:80 -r 10.0.1.1 -x 5 -y 9', '-y: the lower threshold 9 is above the upper one, 5'],
  [
    '-a -t 10.0.0.1:80 -r 10.0.1.1 -i --tun-type gre --tun-port 5',
    "--tun-port: Illegal 'tun-port' option with the 'gre' tunnel type",
  ],
  [
    '-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -m',
    '[2001:db8::1]:80: Different address family is allowed only for tunneling servers',
  ],
  ['-a -t 10.0.0.9:80 -r 10.0.1.1', '-a: no -A for TCP 10.0.0.9:80 above this line'],
  ['-A -t 10.0.0.1:80 -s rr', '-A: TCP 10.0.0.1:80 stands in line 1 already'],
  ['-D -t 10.0.0.1:80', '-D: a rule file has no -D, only -A, -a, --set and --start-daemon'],
  ['-R', '-R: a rule file has no -R, only -A, -a, --set and --start-daemon'],
  ['service', 'service: a rule begins with -A, -a, --set and --start-daemon'],
  ['--set 1 2', '--set: --set option requires 3 timeout values'],
  ['--start-daemon nobody', 'nobody: illegal start-daemon parameter specified'],
])('%s', async (rule, expected) => {
  expect(await mistake(rule)).toBe(expected);
});

test('comments, blank lines and good rules are fine', async () => {
  const text = '# one\n\n \t\n-A -t 10.0.0.1:80\r\n  # two\n-a -t 10.0.0.1:80 -r 10.0.1.1\n--set 1 2 3';
  expect(await mistakes(text)).toEqual([]);
  const { file } = await parseTableText({ name: 'rules', text });
  const service = addressService(Protocol.tcp, new IpAddress(2, 0x0a000001), 80);
  expect(file.placeOf(service)).toEqual({ line: 4, column: 1 });
  expect(file.placeOf(service, { address: new IpAddress(2, 0x0a000101), port: 80 })).toEqual({
    line: 6,
    column: 1,
  });
  expect(file.timeouts).toEqual({ tcp: 1, tcpFin: 2, udp: 3 });
});

test('all mistakes are told, but not their consequences', async () => {
  expect(
    await mistakes(
      '-A -t 10.0.0.1:80 -s\n-a -t 10.0.0.1:80 -r 10.0.1.1\n-A -u 10.0.0.1:53 -p 0\n--start-daemon master\n--start-daemon master\n',
    ),
  ).toEqual([
    '1:19: -s: missing argument',
    "3:22: invalid timeout value `0' specified",
    '5:1: a second sync daemon of the same state',
  ]);
});

test('columns count characters', async () => {
  const bytes = Buffer.from('-A -t dïng.invalid:80 -p ü').toString('latin1');
  const { errors } = await parseTableText({ name: 'rules', text: `-A -t 10.0.0.1:80 ${bytes.slice(3)}` });
  expect(errors[0]?.place).toEqual({ line: 1, column: 22 });
});

test('JSON is told from rules by its first character', async () => {
  const { file, errors } = await parseTableText({
    name: 'rules',
    text: ' \n{"services":[{"protocol":"tcp","address":"10.0.0.1","port":80}]}',
  });
  expect(errors).toEqual([]);
  expect(file.placeOf(addressService(Protocol.tcp, new IpAddress(2, 0x0a000001), 80))?.line).toBe(2);
  expect(await mistakes('{"services":[{}]}')).toHaveLength(1);
});

test('a text with a mistake in every line is not read to its end', async () => {
  const text = 'word\n'.repeat(5000);
  const found = await mistakes(text);
  expect(found.length).toBe(1000);
  expect(found.at(-1)).toMatch(/^1000:1: /);
});
