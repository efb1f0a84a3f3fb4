import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/ipvs/address.js';
import { addressService, fwmarkService, type Destination, type Service } from '../../../src/ipvs/model.js';
import { numericNames } from '../../../src/output/entry-names.js';
import {
  isNameable,
  losses,
  sayableDestination,
  sayableService,
  sayableTimeouts,
} from '../../../src/output/rule-limits.js';
import { daemonRule, destinationRule, serviceRule, timeoutsRule } from '../../../src/output/rules.js';
import { parseCommandLine } from '../../../src/cli/parse.js';
import { NameService } from '../../../src/names/name-service.js';
import { tokenise } from '../../../src/rules/tokenise.js';
import { destinationEntry as anyDestination, service as anyService } from '../ipvs/arbitraries.ts';

const address = parseAddress('10.0.0.1');
if (address === undefined) throw new TypeError('no address');

const service: Service = {
  ...addressService(6, address, 80),
  scheduler: 'sh',
  flags: 0,
  timeout: 0,
  netmask: 0xffff_ffff,
  persistenceEngine: '',
};
const server: Destination = {
  address,
  port: 80,
  forwarding: 2,
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnelType: 1,
  tunnelPort: 6080,
  tunnelFlags: 0,
};

function parsed(line: string): unknown {
  return parseCommandLine(tokenise(line), 'ipvsadm', new NameService());
}

test.each([
  [{ tunnelFlags: 2 }, '-i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum', []],
  [
    { tunnelFlags: 3 },
    '-i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ['tunnel flags 3 is saved as 2'],
  ],
  [{ tunnelFlags: 5 }, '-i -w 1 --tun-type gue --tun-port 6080 --tun-csum', ['tunnel flags 5 is saved as 1']],
  [
    { tunnelType: 2, tunnelFlags: 2 },
    '-i -w 1 --tun-type gre --tun-nocsum',
    ['tunnel flags 2 is saved as 0'],
  ],
  [{ tunnelType: 9 }, '-i -w 1 --tun-type ipip', ['tunnel type 9 is saved as 0']],
  [{ forwarding: 0, tunnelType: 9, tunnelFlags: 9 }, '-m -w 1', []],
  [{ forwarding: 1 }, '-g -w 1', []],
  [{ forwarding: 4 }, '-g -w 1', ['forwarding method 4 is saved as 3']],
  [{ forwarding: 7 }, '-g -w 1', ['forwarding method 7 is saved as 3']],
  [
    { forwarding: 3, upperThreshold: 0xffff_ffff, lowerThreshold: 1 },
    '-g -w 1 -x 2147483647 -y 1',
    ['upper threshold 4294967295 is saved as 2147483647'],
  ],
] as const)('a server with %j', (change, options, lost) => {
  const entry = { ...server, ...change };
  const said = sayableDestination(entry);
  expect(destinationRule(said, service, numericNames)).toBe(`-a -t 10.0.0.1:80 -r 10.0.0.1:80 ${options}\n`);
  expect(losses(entry, said)).toEqual(lost);
});

test.each([
  [{ flags: 0x28 }, '-s sh -b sh-fallback,flag-3', []],
  [{ flags: 0x42, scheduler: 'none' }, '-s none', ['flags 66 is saved as 2']],
  [{ flags: 1, timeout: 0 }, '-s sh -p 1', ['persistence timeout 0 is saved as 1']],
  [
    { flags: 1, timeout: 99_999_999 },
    '-s sh -p 2678400',
    ['persistence timeout 99999999 is saved as 2678400'],
  ],
  [{ flags: 0, timeout: 99_999_999 }, '-s sh', []],
])('a service with %j', (change, options, lost) => {
  const entry = { ...service, ...change };
  const said = sayableService(entry);
  expect(serviceRule(said, numericNames)).toBe(`-A -t 10.0.0.1:80 ${options}\n`);
  expect(losses(entry, said)).toEqual(lost);
});

test('only protocols with an option can be named', () => {
  expect([6, 17, 132, 51, 0].map((protocol) => isNameable({ ...service, protocol }))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(isNameable(fwmarkService(1))).toBe(true);
});

test('what is saved can be read', () => {
  fc.assert(
    fc.property(anyService, anyDestination, (entry, other) => {
      const named = { ...entry, flags: entry.flags & ~4 };
      if (!isNameable(named)) return;
      if (named.fwmark === 0 && named.port === 0) named.flags |= 1;
      if (/^[sm]h$/.test(named.scheduler)) return;
      expect(parsed(serviceRule(sayableService(named), numericNames))).toMatchObject({
        command: 'add-service',
      });
      const mixed = other.address.family !== named.family;
      const said = sayableDestination({
        ...other,
        forwarding: mixed ? 2 : other.forwarding,
        tunnelPort: 1,
        weight: 1,
      });
      expect(parsed(destinationRule(said, named, numericNames))).toMatchObject({ command: 'add-server' });
    }),
  );
});

test('timeouts and sync daemons', () => {
  const long = { tcp: 99_999_999, tcpFin: 2_678_400, udp: 0 };
  const said = sayableTimeouts(long);
  expect(timeoutsRule(said)).toBe('--set 0 2678400 0\n');
  expect(losses(long, said)).toEqual(['TCP timeout 99999999 is saved as 0']);
  const bare = { state: 2, interface: 'ipvsadm', syncId: 7 } as const;
  expect(daemonRule(bare)).toBe('--start-daemon backup --mcast-interface=ipvsadm --syncid=7\n');
  const group = parseAddress('ff02::99');
  if (group === undefined) throw new TypeError('no address');
  const full = { ...bare, state: 1 as const, maxLength: 1400, group, port: 9999, ttl: 3 };
  const rule = daemonRule(full);
  expect(rule).toBe(
    '--start-daemon master --mcast-interface=ipvsadm --syncid=7 --sync-maxlen=1400 --mcast-group=ff02::99 --mcast-port=9999 --mcast-ttl=3\n',
  );
  expect(parsed(rule)).toEqual({ command: 'start-daemon', daemon: full });
});
