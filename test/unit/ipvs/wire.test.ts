import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, EncodeError } from '../../../src/netlink/errors.js';
import { ByteWriter } from '../../../src/netlink/writer.js';
import { AddressFamily, IpAddress, parseAddress } from '../../../src/ipvs/address.js';
import {
  addressService,
  fwmarkService,
  type Destination,
  type DestinationEntry,
} from '../../../src/ipvs/model.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import {
  DestinationReader,
  decodeDaemon,
  decodeDestination,
  decodeInfo,
  decodeService,
  decodeTimeouts,
  encodeOperation,
  encodeServiceKey,
} from '../../../src/ipvs/wire.js';
import { expectBytes } from '../netlink/scripted-socket.js';
import * as arbitrary from './arbitraries.js';
import {
  attributesOf,
  bothStats,
  daemonRow,
  destinationRow,
  infoTable,
  noStats,
  serviceRow,
} from './kernel-rows.js';

function ip(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

function encoded(operation: Operation): { command: number; bytes: Uint8Array } {
  const writer = new ByteWriter(1);
  const { command } = encodeOperation(writer, operation);
  return { command, bytes: writer.written() };
}

function whole<T>(decode: (view: DataView, start: number, end: number) => T, bytes: Uint8Array): T {
  return decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
}

const plainDestination = {
  port: 80,
  forwarding: 0,
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnelType: 0,
  tunnelPort: 0,
  tunnelFlags: 0,
};

const configurationNames = [
  'forwarding',
  'weight',
  'upperThreshold',
  'lowerThreshold',
  'tunnelType',
  'tunnelPort',
  'tunnelFlags',
  'port',
] as const;

function configurationOf(entry: DestinationEntry): Destination {
  const numbers = Object.fromEntries(configurationNames.map((name) => [name, entry[name]]));
  return { address: entry.address, ...(numbers as Omit<Destination, 'address'>) };
}

/** The same with one number changed, or none. */
function changed(destination: Destination, place: number): Destination {
  const name = configurationNames[place];
  return name === undefined ? destination : { ...destination, [name]: destination[name] === 0 ? 1 : 0 };
}

const key = addressService(6, ip('10.0.0.1'), 80);

// Recorded from ipvsadm 1.31 with strace, kernel 7.2.
describe('bytes of ipvsadm 1.31', () => {
  test('-A -t 10.0.0.1:80 -s wrr -p 100 -M 255.255.255.0', () => {
    const { command, bytes } = encoded({
      kind: 'newService',
      service: {
        ...key,
        scheduler: 'wrr',
        flags: 1,
        timeout: 100,
        netmask: 0xffff_ff00,
        persistenceEngine: '',
      },
    });
    expect(command).toBe(1);
    expectBytes(
      bytes,
      `54000180 0600010002000000 0600020006000000 140003000a000001000000000000000000000000 0600040000500000
       0800060077727200 0c00070001000000ffffffff 0800080064000000 08000900ffffff00`,
    );
  });

  test('-A -f 5 -6 -s sh -b sh-port', () => {
    const { bytes } = encoded({
      kind: 'setService',
      service: {
        ...fwmarkService(5, AddressFamily.ipv6),
        scheduler: 'sh',
        flags: 0x10,
        timeout: 0,
        netmask: 128,
        persistenceEngine: '',
      },
    });
    expectBytes(
      bytes,
      `38000180 060001000a000000 0800050005000000 0700060073680000 0c00070010000000ffffffff 0800080000000000
       0800090080000000`,
    );
  });

  test('-A -u [2001:db8::1]:53 -o --pe sip', () => {
    const { bytes } = encoded({
      kind: 'newService',
      service: {
        ...addressService(17, ip('2001:db8::1'), 53),
        scheduler: 'wlc',
        flags: 4,
        timeout: 0,
        netmask: 128,
        persistenceEngine: 'sip',
      },
    });
    expectBytes(
      bytes,
      `5c000180 060001000a000000 0600020011000000 1400030020010db8000000000000000000000001 0600040000350000
       08000600776c6300 08000b0073697000 0c00070004000000ffffffff 0800080000000000 0800090080000000`,
    );
  });

  test('the server of -a -t 10.0.0.1:80 -r 10.0.0.2:80 -i -w 5 -x 10 -y 4 --tun-type gue --tun-port 5555 --tun-csum', () => {
    const { command, bytes } = encoded({
      kind: 'newDest',
      service: key,
      destination: {
        address: ip('10.0.0.2'),
        port: 80,
        forwarding: 2,
        weight: 5,
        upperThreshold: 10,
        lowerThreshold: 4,
        tunnelType: 1,
        tunnelPort: 5555,
        tunnelFlags: 1,
      },
    });
    expect(command).toBe(5);
    // The original sends the settings of an empty service too, which the kernel does not look at.
    expectBytes(
      bytes,
      `30000180 0600010002000000 0600020006000000 140003000a000001000000000000000000000000 0600040000500000
       60000280 06000b0002000000 140001000a000002000000000000000000000000 0600020000500000 0800030002000000
       0800040005000000 05000d0001000000 06000e0015b30000 06000f0001000000 080005000a000000 0800060004000000`,
    );
  });

  test('--set 1 2 3', () => {
    const { command, bytes } = encoded({ kind: 'setConfig', timeouts: { tcp: 1, tcpFin: 2, udp: 3 } });
    expect(command).toBe(12);
    expectBytes(bytes, '0800040001000000 0800050002000000 0800060003000000');
  });

  test('--start-daemon master --mcast-interface lo --syncid 5 --sync-maxlen 1000 --mcast-group 224.0.0.99 …', () => {
    const { command, bytes } = encoded({
      kind: 'newDaemon',
      daemon: {
        state: 1,
        interface: 'lo',
        syncId: 5,
        maxLength: 1000,
        group: ip('224.0.0.99'),
        port: 9999,
        ttl: 3,
      },
    });
    expect(command).toBe(9);
    expectBytes(
      bytes,
      `3c000380 0800010001000000 070002006c6f0000 0800030005000000 06000400e8030000 060007000f270000
       0500080003000000 08000500e0000063`,
    );
  });

  test('--stop-daemon master', () => {
    const { command, bytes } = encoded({ kind: 'delDaemon', daemon: { state: 1, interface: '', syncId: 0 } });
    expect(command).toBe(10);
    expectBytes(bytes, '1c000380 0800010001000000 0500020000000000 0800030000000000');
  });

  test('the key in a listing of -f 5 -6', () => {
    const writer = new ByteWriter();
    encodeServiceKey(writer, fwmarkService(5, AddressFamily.ipv6));
    expectBytes(writer.written(), '14000180 060001000a000000 0800050005000000');
  });
});

describe('operations on what is there name it by its key', () => {
  const keyHex =
    '30000180 0600010002000000 0600020006000000 140003000a000001000000000000000000000000 0600040000500000';

  test.each([
    ['delService', { kind: 'delService', service: key }, 3, keyHex],
    ['zero', { kind: 'zero', service: key }, 16, keyHex],
    ['zero all', { kind: 'zero' }, 16, ''],
    ['flush', { kind: 'flush' }, 17, ''],
    [
      'delDest',
      { kind: 'delDest', service: key, destination: { address: ip('::1'), port: 8080 } },
      7,
      `${keyHex} 28000280 06000b000a000000 1400010000000000000000000000000000000001 060002001f900000`,
    ],
  ] satisfies [string, Operation, number, string][])('%s', (_, operation, command, hex) => {
    const result = encoded(operation);
    expect(result.command).toBe(command);
    expectBytes(result.bytes, hex);
  });
});

describe('what is told is what is read', () => {
  test('services', () => {
    fc.assert(
      fc.property(arbitrary.service, arbitrary.stats, (service, stats) => {
        const entry = { ...service, stats };
        expect(whole(decodeService, attributesOf(serviceRow(entry)))).toEqual(entry);
        const { bytes } = encoded({ kind: 'newService', service });
        expect(whole(decodeService, bytes)).toEqual({ ...service, stats: noStats });
      }),
      { numRuns: 1000 },
    );
  });

  test('destinations', () => {
    fc.assert(
      fc.property(arbitrary.destinationEntry, (entry) => {
        const decoded = whole(
          (...place) => decodeDestination(...place, AddressFamily.ipv4),
          attributesOf(destinationRow(entry)),
        );
        expect(decoded).toEqual(entry);
      }),
      { numRuns: 1000 },
    );
  });

  test('requests by pattern are those of the schema', () => {
    fc.assert(
      fc.property(arbitrary.service, arbitrary.destinationEntry, (service, entry) => {
        const { family, fwmark, protocol, address, port } = service;
        const key = fwmark === 0 ? { family, protocol, address, port } : { family, fwmark };
        const destination = configurationOf(entry);
        const expected = attributesOf({
          service: key,
          destination: { family: destination.address.family, ...destination },
        });
        expect(encoded({ kind: 'newDest', service, destination }).bytes).toEqual(expected);
        const writer = new ByteWriter(1);
        encodeServiceKey(writer, service);
        expect(writer.written()).toEqual(attributesOf({ service: key }));
      }),
      { numRuns: 1000 },
    );
  });

  test('requests by pattern take nothing from those before', () => {
    const { service, destinationEntry } = arbitrary;
    const choice = fc.record({ service: fc.nat(3), server: fc.nat(2), change: fc.nat(12) });
    fc.assert(
      fc.property(
        service,
        service,
        destinationEntry,
        destinationEntry,
        fc.array(choice),
        (a, b, c, d, list) => {
          const services = [a, { ...a, protocol: a.protocol ^ 1 }, { ...a, port: a.port ^ 1 }, b];
          const servers = [c, { ...c, address: d.address }, d].map(configurationOf);
          for (const chosen of list) {
            const key = services[chosen.service];
            const server = servers[chosen.server];
            if (key === undefined || server === undefined) throw new RangeError('there are four and three');
            const { family, fwmark, protocol, address, port } = key;
            const destination = changed(server, chosen.change);
            const expected = attributesOf({
              service: fwmark === 0 ? { family, protocol, address, port } : { family, fwmark },
              destination: { family: destination.address.family, ...destination },
            });
            expect(encoded({ kind: 'newDest', service: key, destination }).bytes).toEqual(expected);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('requests with a value that is none are refused', () => {
    const service = addressService(6, ip('10.0.0.1'), 80);
    const destination = { ...plainDestination, address: ip('10.0.0.2') };
    for (const wrong of [
      { port: 65_536 },
      { port: -1 },
      { weight: 2 ** 31 },
      { weight: 0.5 },
      { forwarding: -1 },
      { upperThreshold: 2 ** 32 },
      { lowerThreshold: NaN },
      { tunnelType: 256 },
      { tunnelPort: 65_536 },
      { tunnelFlags: -1 },
    ]) {
      const write = (): unknown =>
        encoded({ kind: 'newDest', service, destination: { ...destination, ...wrong } });
      expect(write).toThrow(EncodeError);
    }
  });

  test('destinations that are alike', () => {
    const known = fc.record({ entry: arbitrary.destinationEntry, change: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(known), fc.constantFrom(...Object.values(AddressFamily)), (list, family) => {
        const rows = list.map(({ entry }) => configurationOf(entry));
        const alike = list.map(({ entry, change }) => changed(configurationOf(entry), change)).reverse();
        const reader = new DestinationReader(family, alike);
        const read = list.map(({ entry }) => whole(reader.read, attributesOf(destinationRow(entry))));
        expect(read).toEqual(rows);
        if (list.every(({ change }) => change >= configurationNames.length)) {
          for (const [place, row] of read.entries()) expect(row).toBe(alike[list.length - 1 - place]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('daemons', () => {
    fc.assert(
      fc.property(arbitrary.daemon, (daemon) => {
        expect(whole(decodeDaemon, encoded({ kind: 'newDaemon', daemon }).bytes)).toEqual(daemon);
        expect(whole(decodeDaemon, attributesOf(daemonRow(daemon)))).toEqual(daemon);
      }),
      { numRuns: 1000 },
    );
  });

  test('timeouts', () => {
    const timeouts = { tcp: 900, tcpFin: 120, udp: 0xffff_ffff };
    expect(whole(decodeTimeouts, encoded({ kind: 'setConfig', timeouts }).bytes)).toEqual(timeouts);
    expect(whole(decodeTimeouts, attributesOf({ timeoutUdp: 5 }))).toEqual({ tcp: 0, tcpFin: 0, udp: 5 });
  });

  test('info', () => {
    const writer = new ByteWriter();
    infoTable.encode(writer, { version: 0x010201, connectionTableSize: 4096 });
    expect(whole(decodeInfo, writer.written())).toEqual({ version: 0x010201, connectionTableSize: 4096 });
  });
});

describe('counters', () => {
  const row = {
    destination: {
      address: ip('::'),
      port: 0,
      forwarding: 0,
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      activeConnections: 0,
      inactiveConnections: 0,
      persistentConnections: 0,
    },
  };
  const decode = (bytes: Uint8Array): ReturnType<typeof decodeDestination> =>
    whole((...place) => decodeDestination(...place, AddressFamily.ipv6), bytes);

  test('are exact above 2^53', () => {
    const stats = { ...noStats, inBytes: 2n ** 53n + 1n, outBytes: 2n ** 64n - 1n, connections: 2n ** 63n };
    const bytes = attributesOf({ destination: { ...row.destination, ...bothStats(stats) } });
    expect(decode(bytes).stats).toEqual(stats);
  });

  test('come in 32 bits from an old kernel, its bytes in 64', () => {
    const stats = { ...noStats, connections: 0xffff_ffffn, inBytes: 2n ** 60n, inByteRate: 7n };
    expect(decode(attributesOf({ destination: { ...row.destination, stats } })).stats).toEqual(stats);
  });

  test('are zero where there are none', () => {
    expect(decode(attributesOf(row)).stats).toEqual(noStats);
  });
});

test('a server has the family of its service where an old kernel does not tell it, and no tunnel', () => {
  const { family, tunnelType, tunnelPort, tunnelFlags, ...rest } = {
    family: 0,
    address: new IpAddress(AddressFamily.ipv6, 0x0a000002),
    port: 80,
    forwarding: 3,
    weight: 1,
    tunnelType: 0,
    tunnelPort: 0,
    tunnelFlags: 0,
    upperThreshold: 0,
    lowerThreshold: 0,
    activeConnections: 1,
    inactiveConnections: 2,
    persistentConnections: 3,
  };
  const bytes = attributesOf({ destination: rest });
  const decoded = whole((...place) => decodeDestination(...place, AddressFamily.ipv4), bytes);
  expect(decoded).toEqual({
    ...rest,
    address: ip('10.0.0.2'),
    tunnelType,
    tunnelPort,
    tunnelFlags,
    stats: noStats,
  });
  expect(family).toBe(0);
});

describe('answers that make no sense', () => {
  const service = { family: 2, protocol: 6, address: ip('::'), port: 80, flags: 0, timeout: 0, netmask: 0 };

  test.each([
    ['service', () => whole(decodeService, attributesOf({}))],
    [
      'service.family',
      () => whole(decodeService, attributesOf({ service: { ...service, family: undefined } })),
    ],
    ['service.family', () => whole(decodeService, attributesOf({ service: { ...service, family: 7 } }))],
    ['service.port', () => whole(decodeService, attributesOf({ service: { ...service, port: undefined } }))],
    [
      'service.netmask',
      () => whole(decodeService, attributesOf({ service: { ...service, netmask: undefined } })),
    ],
    ['destination', () => whole((...place) => decodeDestination(...place, 2), attributesOf({}))],
    [
      'destination.address',
      () => whole((...place) => decodeDestination(...place, 2), attributesOf({ destination: {} })),
    ],
    ['daemon', () => whole(decodeDaemon, attributesOf({}))],
    ['daemon.state', () => whole(decodeDaemon, attributesOf({ daemon: { state: 3 } }))],
    ['daemon.syncId', () => whole(decodeDaemon, attributesOf({ daemon: { state: 1, interface: 'lo' } }))],
    ['info.version', () => whole(decodeInfo, new Uint8Array(0))],
  ])('%s', (path, decode) => {
    let caught: unknown;
    try {
      decode();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DecodeError);
    expect(caught).toMatchObject({ path });
  });
});
