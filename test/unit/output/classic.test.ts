import { describe, expect, it } from 'vitest';
import { parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import {
  addressService,
  fwmarkService,
  type DestinationEntry,
  type ServiceEntry,
  type Stats,
} from '../../../src/ipvs/model.js';
import { classicFormats, entryText, versionLine } from '../../../src/output/classic.js';
import { numericNames, type EntryNames } from '../../../src/output/entry-names.js';
import { destinationRule, serviceRule } from '../../../src/output/rules.js';

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

function stats(...counters: readonly [bigint, bigint, bigint, bigint, bigint]): Stats {
  const [connections, inPackets, outPackets, inBytes, outBytes] = counters;
  return {
    connections,
    inPackets,
    outPackets,
    inBytes,
    outBytes,
    connectionRate: connections,
    inPacketRate: inPackets,
    outPacketRate: outPackets,
    inByteRate: inBytes,
    outByteRate: outBytes,
  };
}

const none = stats(0n, 0n, 0n, 0n, 0n);
const many = stats(99_999_999n, 100_000_000n, 1_000_000_000n, 100_000_000_000n, 18_446_744_073_709_551_615n);

const service: ServiceEntry = {
  ...addressService(6, address('10.0.0.1'), 80),
  scheduler: 'sh',
  flags: 0x01 | 0x04 | 0x08 | 0x10,
  timeout: 360,
  netmask: 0xffff0000,
  persistenceEngine: 'sip',
  stats: many,
};

const marked: ServiceEntry = {
  ...fwmarkService(4_294_967_295, 10),
  scheduler: 'wlc',
  flags: 0,
  timeout: 0,
  netmask: 128,
  persistenceEngine: '',
  stats: none,
};

const server: DestinationEntry = {
  address: address('192.168.0.1'),
  port: 8080,
  forwarding: 0,
  weight: 70_000,
  upperThreshold: 10,
  lowerThreshold: 5,
  tunnelType: 0,
  tunnelPort: 0,
  tunnelFlags: 0,
  activeConnections: 1,
  inactiveConnections: 22,
  persistentConnections: 333,
  stats: many,
};

const tunnelled: DestinationEntry = {
  ...server,
  address: address('2001:db8::9'),
  port: 80,
  forwarding: 2,
  weight: 1,
  tunnelType: 1,
  tunnelPort: 5555,
  tunnelFlags: 1,
};

const entry = { service, destinations: [server, tunnelled] };
const numeric = { names: numericNames, exact: false };

describe('a classic listing', () => {
  it('prints the plain format', () => {
    expect(entryText(classicFormats.plain, entry, numeric)).toBe(
      'TCP  10.0.0.1:80 sh (sh-fallback,sh-port) persistent 360 mask 255.255.0.0 pe sip ops\n' +
        '  -> 192.168.0.1:8080             Masq    70000  1          22        \n' +
        '  -> [2001:db8::9]:80             Tunnel  1      1          22        \n',
    );
  });

  it('prints counters with their letters', () => {
    expect(entryText(classicFormats.stats, { service, destinations: [server] }, numeric)).toBe(
      'TCP  10.0.0.1:80                  99999999  100000K    1000M     100G18446744T\n' +
        '  -> 192.168.0.1:8080             99999999  100000K    1000M     100G18446744T\n',
    );
  });

  it('prints exact counters', () => {
    expect(classicFormats.stats.service(service, { ...numeric, exact: true })).toBe(
      'TCP  10.0.0.1:80                  99999999 100000000 1000000000 100000000000 18446744073709551615\n',
    );
  });

  it('shortens the byte rates of servers but not their other rates', () => {
    expect(classicFormats.rate.destination(server, service, numeric)).toBe(
      '  -> 192.168.0.1:8080             99999999 100000000 1000000000     100G18446744T\n',
    );
  });

  it('prints thresholds, persistent connections and tunnels', () => {
    expect(classicFormats.thresholds.destination(server, service, numeric)).toBe(
      '  -> 192.168.0.1:8080             10         5          1          22        \n',
    );
    expect(classicFormats['persistent-conn'].destination(server, service, numeric)).toBe(
      '  -> 192.168.0.1:8080             70000     333         1          22        \n',
    );
    expect(classicFormats['tun-info'].destination(tunnelled, service, numeric)).toBe(
      '  -> [2001:db8::9]:80             Tunnel  gue:5555:+c   1      1          22        \n',
    );
  });

  it('prints marks unsigned', () => {
    expect(classicFormats.plain.service(marked, numeric)).toBe('FWM  4294967295 IPv6 wlc\n');
    expect(serviceRule(marked, numericNames)).toBe('-A -f 4294967295 -6 -s wlc\n');
  });

  it('cuts long IPv4 names and no IPv6 names', () => {
    const names: EntryNames = {
      hostName: () => 'a-very-long-host-name.with-a-long-domain.example',
      portName: (port, protocol) => (port === 80 && protocol === 6 ? 'http' : undefined),
    };
    expect(entryText(classicFormats.plain, entry, { names, exact: false })).toBe(
      'TCP  a-very-long-host-name.with-a sh (sh-fallback,sh-port) persistent 360 mask 255.255.0.0 pe sip ops\n' +
        '  -> a-very-long-host-name.with-a Masq    70000  1          22        \n' +
        '  -> [a-very-long-host-name.with-a-long-domain.example]:http Tunnel  1      1          22        \n',
    );
  });

  it('prints the version line', () => {
    expect(versionLine({ version: 0x010201, connectionTableSize: 4096 })).toBe(
      'IP Virtual Server version 1.2.1 (size=4096)\n',
    );
  });
});

describe('rules', () => {
  it('are printed with everything that can be set', () => {
    expect(serviceRule(service, numericNames)).toBe(
      '-A -t 10.0.0.1:80 -s sh -p 360 -M 255.255.0.0 --pe sip -o -b sh-fallback,sh-port\n',
    );
    expect(destinationRule(server, service, numericNames)).toBe(
      '-a -t 10.0.0.1:80 -r 192.168.0.1:8080 -m -w 70000 -x 10 -y 5\n',
    );
    expect(destinationRule(tunnelled, service, numericNames)).toBe(
      '-a -t 10.0.0.1:80 -r [2001:db8::9]:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-csum -x 10 -y 5\n',
    );
  });
});
