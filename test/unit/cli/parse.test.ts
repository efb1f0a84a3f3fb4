import { describe, expect, it } from 'vitest';
import { parseIpv4, parseIpv6 } from '../../../src/ipvs/address.js';
import { parseCommandLine } from '../../../src/cli/parse.js';
import { UsageError } from '../../../src/cli/errors.js';
import { UnresolvedHost, type NameLookup } from '../../../src/names/lookup.js';
import { commandRows, groupRows, optionRows } from '../../../src/cli/options.js';

const names: NameLookup = {
  hostAddress: (name) => {
    if (name === 'unknown.example') throw new UnresolvedHost(name);
    return name === 'web.example' ? parseIpv4('10.0.0.9') : undefined;
  },
  servicePort: (name, protocol) => (name === 'http' && protocol === 6 ? 80 : undefined),
};

const parse = (line: string): unknown => parseCommandLine(line.split(' '), 'ipvsadm', names);

function trouble(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return `${error.exitStatus} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a command line', () => {
  it('becomes a service with every default', () => {
    expect(parse('-A -t 10.0.0.1:80')).toEqual({
      command: 'add-service',
      service: {
        family: 2,
        protocol: 6,
        address: parseIpv4('10.0.0.1'),
        port: 80,
        fwmark: 0,
        scheduler: 'wlc',
        flags: 0,
        timeout: 0,
        netmask: 0xffffffff,
        persistenceEngine: '',
      },
    });
  });

  it('becomes a service with every option', () => {
    expect(parse('-E -u [2001:db8::1]:53 -s mh -b mh-port,flag-3 -p90 -M 64 --pe sip -o')).toMatchObject({
      command: 'edit-service',
      service: {
        family: 10,
        protocol: 17,
        address: parseIpv6('2001:db8::1'),
        port: 53,
        scheduler: 'mh',
        flags: 0x01 | 0x04 | 0x10 | 0x20,
        timeout: 90,
        netmask: 64,
        persistenceEngine: 'sip',
      },
    });
  });

  it('becomes a server with a tunnel', () => {
    expect(
      parse('-a -f 7 -r 10.0.0.2:81 -i --tun-type gue --tun-port 5555 --tun-csum -w 3 -x 9 -y 4'),
    ).toMatchObject({
      command: 'add-server',
      service: { fwmark: 7, family: 2 },
      destination: {
        port: 81,
        forwarding: 2,
        weight: 3,
        upperThreshold: 9,
        lowerThreshold: 4,
        tunnelType: 1,
        tunnelPort: 5555,
        tunnelFlags: 1,
      },
    });
  });

  it.each([
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m', 8080],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2 -m', 80],
    ['-a -r 10.0.0.2 -t 10.0.0.1:80 -m', 0],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:8080', 80],
    ['-a -t 10.0.0.1:80 -r [10.0.0.2]:8080 -m', 80],
    ['-a -f 1 -r 10.0.0.2:8080', 8080],
    ['-d -t 10.0.0.1:80 -r 10.0.0.2:8080', 8080],
  ])('%s means port %i of the server', (line, port) => {
    expect(parse(line)).toMatchObject({ destination: { port } });
  });

  it.each([
    ['-A -t 127.1:80', '127.0.0.1', 80],
    ['-A -t 0x7f.1:81', '127.0.0.1', 81],
    ['-A -t 010.1.1.1:82', '8.1.1.1', 82],
    ['-A -t web.example:http', '10.0.0.9', 80],
    ['-A -t [web.example]:80 -p', '10.0.0.9', 0],
    ['-A -t 10.0.0.1:+80', '10.0.0.1', 80],
    ['-A -t ::5 -p', '::5', 0],
  ])('%s means %s port %i', (line, address, port) => {
    const invocation = parse(line) as { service: { address: { toString(): string }; port: number } };
    expect([invocation.service.address.toString(), invocation.service.port]).toEqual([address, port]);
  });

  it('asks for a host name that was not looked up', () => {
    expect(() => parse('-A -t unknown.example:80')).toThrow(UnresolvedHost);
  });

  it.each([
    ['foo', "255 Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
    ['-t 10.0.0.1:80', "255 Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
    ['-Lnz', '255 -Lnz: unknown option'],
    ['-A -t', '255 -t: missing argument'],
    ['-L --numeric=5', '255 --numeric=5: option does not take an argument'],
    ['-A -D', "2 invalid option `-D'"],
    ['-L -n -n', "2 multiple 'numeric' options specified"],
    ['-L x y', '2 unexpected argument x'],
    ['-A', "2 You need to supply the 'service-address' option for the 'add-service' command"],
    ['-C -n', "2 Illegal 'numeric' option with the 'flush' command"],
    [
      '-L -c --timeout',
      "2 The option 'timeout' conflicts with the 'connection' option in the 'list' command",
    ],
    ['-L -c --timeout -w 1', "2 Illegal 'weight' option with the 'list' command"],
    [
      '-L -c --timeout --tun-type gue',
      "2 The option 'timeout' conflicts with the 'connection' option in the 'list' command",
    ],
    ['-L -c --stats', '2 options conflicts in the list command'],
    ['-A -t 10.0.0.1 -o', '2 Zero port specified for non-persistent service'],
    ['-A -t 10.0.0.1:80 -o', '2 One-Packet Scheduling is only for UDP virtual services'],
    ['-A -t 10.0.0.1:80 -b ,', "2 invalid scheduler flag `,'"],
    ['-A -t 10.0.0.1:80 -b sh-port', "2 incompatible scheduler flag `sh-port'"],
    ['-A -6 -f 3', '2 -6 used before -f\n'],
    ['-A -f 4294967296', "2 invalid fwmark value `4294967296' specified"],
    ['-a -t 10.0.0.1:80 -r [::1]:80 -m', '2 Different address family is allowed only for tunneling servers'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2 --tun-csum', '2 Tunnel options conflict with forward method'],
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gre --tun-nocsum --tun-csum',
      "2 The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gre' tunnel type",
    ],
    ['--set 1 2', '2 --set option requires 3 timeout values'],
    ['--set 1 2 3 4', '2 unexpected argument 4'],
    ['--start-daemon foo', '2 illegal start-daemon parameter specified'],
    ['--stop-daemon foo', '2 illegal start_daemon specified'],
    ['--start-daemon master --mcast-group 10.0.0.1', "2 invalid IPv4 mcast-group `10.0.0.1'"],
  ])('%s is refused: %s', (line, message) => {
    expect(trouble(line)).toBe(message);
  });
});

describe('the tables of commands and options', () => {
  it('have each letter and each name once', () => {
    const letters = [
      ...commandRows.flatMap(({ short }) => Array.from(short)),
      ...optionRows.flatMap(({ short }) => short ?? []),
    ];
    const long = [...commandRows.map((row) => row.long), ...optionRows.map(({ id }) => id)];
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set<string>(long).size).toBe(long.length);
  });

  it('know every group that an option counts in, and use every group', () => {
    const used = new Set(optionRows.flatMap(({ group }) => group ?? []));
    expect([...used].sort()).toEqual(groupRows.map(({ id }) => id).sort());
  });
});
