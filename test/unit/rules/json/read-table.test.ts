import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../../src/ipvs/address.js';
import {
  addressService,
  DaemonState,
  Forwarding,
  fwmarkService,
  hostNetmask,
  Protocol,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
} from '../../../../src/ipvs/model.js';
import { configurationJson, type SavedSettings } from '../../../../src/output/json.js';
import { readJsonTable } from '../../../../src/rules/json/read-table.js';
import { decodeJson, isJson } from '../../../../src/rules/json/source.js';
import { RuleError } from '../../../../src/rules/rule-error.js';
import { destinationId, serviceId, type TableEntry } from '../../../../src/rules/table.js';
import { schemaErrors } from '../../../json/schema.js';

function troubleOf(text: string): string {
  try {
    readJsonTable(text);
  } catch (error) {
    if (error instanceof RuleError) return error.message;
    throw error;
  }
  return 'none';
}

function write(entries: readonly TableEntry[], pretty = false, settings?: SavedSettings): string {
  return Array.from(configurationJson(entries, { settings, pretty })).join('');
}

describe('what is read', () => {
  test('everything that can be configured', () => {
    const text = `{
      "services": [
        {
          "protocol": "udp", "address": "2001:db8::1", "port": 53, "scheduler": "sh",
          "scheduler_flags": ["sh-port"], "flags": ["one_packet"],
          "persistence": {"timeout": 60, "netmask": 64, "engine": "sip"},
          "destinations": [
            {
              "address": "10.0.0.1", "port": 53, "forwarding": "tunnel", "weight": 7,
              "upper_threshold": 20, "lower_threshold": 10,
              "tunnel": {"type": "gue", "port": 6080, "flags": ["remcsum"]}
            }
          ]
        },
        {"fwmark": 4294967295, "family": "ipv6", "destinations": []}
      ],
      "timeouts": {"tcp": 900, "udp": 0},
      "daemons": [
        {"state": "master", "interface": "eth1", "sync_id": 7, "max_length": 1472, "group": "ff02::81",
         "port": 8849, "ttl": 2},
        {"state": "backup"}
      ]
    }`;
    const table = readJsonTable(text);
    const address = new IpAddress(AddressFamily.ipv6, 0x20010db8, 0, 0, 1);
    expect(table.entries).toEqual([
      {
        service: {
          ...addressService(Protocol.udp, address, 53),
          scheduler: 'sh',
          flags: ServiceFlag.persistent | ServiceFlag.onePacket | ServiceFlag.sched2,
          timeout: 60,
          netmask: 64,
          persistenceEngine: 'sip',
        },
        destinations: [
          {
            address: new IpAddress(AddressFamily.ipv4, 0x0a000001),
            port: 53,
            forwarding: Forwarding.tunnel,
            weight: 7,
            upperThreshold: 20,
            lowerThreshold: 10,
            tunnelType: TunnelType.gue,
            tunnelPort: 6080,
            tunnelFlags: TunnelFlag.remcsum,
          },
        ],
      },
      {
        service: {
          ...fwmarkService(4294967295, AddressFamily.ipv6),
          scheduler: 'wlc',
          flags: 0,
          timeout: 0,
          netmask: 128,
          persistenceEngine: '',
        },
        destinations: [],
      },
    ]);
    expect(table.timeouts).toEqual({ tcp: 900, tcpFin: 0, udp: 0 });
    expect(table.daemons).toEqual([
      {
        state: DaemonState.master,
        interface: 'eth1',
        syncId: 7,
        maxLength: 1472,
        group: new IpAddress(AddressFamily.ipv6, 0xff020000, 0, 0, 0x81),
        port: 8849,
        ttl: 2,
      },
      { state: DaemonState.backup, interface: 'eth0', syncId: 0 },
    ]);
    expect(table.timeouts && table.placeOf(table.timeouts)).toEqual({ line: 17, column: 19 });
    expect(table.daemons.map(table.lineOf)).toEqual([19, 21]);
    expect(table.entries.map(({ service }) => table.placeOf(service))).toEqual([
      { line: 3, column: 9 },
      { line: 15, column: 9 },
    ]);
    expect(table.entries.map(({ service }) => table.lineOf(service))).toEqual([3, 15]);
    expect(table.entries[0]?.destinations.map(table.placeOf)).toEqual([{ line: 8, column: 13 }]);
  });

  test('what is not told is as on the command line', () => {
    const text =
      '{"services":[{"protocol":"tcp","address":"10.0.0.1","port":80,"persistence":{},"destinations":[{"address":"10.0.0.2"}]}]}';
    const [entry] = readJsonTable(text).entries;
    expect(entry).toEqual({
      service: {
        ...addressService(Protocol.tcp, new IpAddress(AddressFamily.ipv4, 0x0a000001), 80),
        scheduler: 'wlc',
        flags: ServiceFlag.persistent,
        timeout: 360,
        netmask: 0xffffffff,
        persistenceEngine: '',
      },
      destinations: [
        {
          address: new IpAddress(AddressFamily.ipv4, 0x0a000002),
          port: 80,
          forwarding: Forwarding.route,
          weight: 1,
          upperThreshold: 0,
          lowerThreshold: 0,
          tunnelType: 0,
          tunnelPort: 0,
          tunnelFlags: 0,
        },
      ],
    });
  });

  test('what a listing tells beside the configuration is passed over, and a local server is one by route', () => {
    const text = `\ufeff{"info": {"version": "1.2.1"}, "total": {"stats": {}}, "services": [{"protocol": "tcp",
      "address": "10.0.0.1", "host_name": "vip", "port": 80, "port_name": "http", "stats": {"connections": 1},
      "rates": {}, "destinations": [{"address": "10.0.0.1", "port": 80, "forwarding": "local", "weight": 1,
      "active_connections": 1, "inactive_connections": 2, "persistent_connections": 3, "stats": {}, "rates": {}}]}]}`;
    expect(readJsonTable(text).entries[0]?.destinations[0]?.forwarding).toBe(Forwarding.route);
  });

  test.each(['{', ' \t\r\n{"services":[]}', '\ufeff{', '\u00ef\u00bb\u00bf {'])('%j is JSON', (text) => {
    expect(isJson(text)).toBe(true);
  });

  test.each(['', '-A -t 10.0.0.1:80', '# {', '[', '\ufeff-A', '"{'])('%j is none', (text) => {
    expect(isJson(text)).toBe(false);
  });

  test('bytes are read as UTF-8', () => {
    expect(decodeJson('{"\u00c3\u00a4"}')).toBe('{"ä"}');
    expect(decodeJson('{"\u00ef\u00bf\u00bd"}')).toBe('{"\ufffd"}');
    expect(() => decodeJson('{\n  "\u00c3\u00a4 \u00e4"')).toThrow('line 2, column 6: not UTF-8');
  });
});

const service = '{"services":[{"protocol":"tcp","address":"10.0.0.1","port":80';

describe('what is refused, and where', () => {
  test.each([
    ['', 'line 1, column 1: expected a value, got the end of the text'],
    ['{', 'line 1, column 2: expected a key in double quotes, got the end of the text'],
    ['{"services": [\n  {,', 'line 2, column 4: expected a key in double quotes, got ","'],
    ['{"services": [] "x"', 'line 1, column 17: expected a comma or }, got "\\""'],
    ['{"services": [1 2', 'line 1, column 17: expected a comma or ], got "2"'],
    ['{"services" []', 'line 1, column 13: expected a colon, got "["'],
    ['{"services": []} x', 'line 1, column 18: expected the end, got "x"'],
    ['{"services": NaN}', 'line 1, column 14: expected a value, got "NaN"'],
    ['{"services": [01]}', 'line 1, column 15: "01" is no number'],
    ["{'services': []}", 'line 1, column 2: expected a key in double quotes, got "\'"'],
    ['{"services": "a\n"}', 'line 1, column 14: a string without its end'],
    ['{"services": "a\tb"}', 'line 1, column 16: a control character in a string'],
    ['{"services": "\\x41"}', 'line 1, column 15: an unknown escape in a string'],
    ['{"services": "\\u12"}', 'line 1, column 15: an unknown escape in a string'],
    ['{"services": [],\n"services": []}', 'line 2, column 1: the key "services" comes twice'],
    ['{"a\u001b": 1}', 'line 1, column 4: a control character in a string'],
    ['{"ä😀", "x": 1}', 'line 1, column 6: expected a colon, got ","'],
    ['['.repeat(33), 'line 1, column 33: more than 32 levels deep'],
    ['[]', 'line 1, column 1: wanted an object, got an array'],
    ['{}', 'line 1, column 1: the key "services" is missing'],
    ['{"service": []}', 'line 1, column 2: unknown key "service"'],
    ['{"__proto__": []}', 'line 1, column 2: unknown key "__proto__"'],
    ['{"timeouts": {"tcp": 1}}', 'line 1, column 1: the key "services" is missing'],
    [
      '{"services": [], "timeouts": {"tcp": -1}}',
      'line 1, column 38: timeouts.tcp: wanted a whole number from 0 to 2678400, got -1',
    ],
    ['{"services": [], "daemons": [{}]}', 'line 1, column 30: daemons[0]: the key "state" is missing'],
    [
      '{"services": [], "daemons": [{"state": "master"}, {"state": "master"}]}',
      'line 1, column 51: daemons[1]: a second sync daemon of the same state',
    ],
    [
      '{"services": [], "daemons": [{"state": "master", "interface": "a-very-long-name"}]}',
      'line 1, column 63: daemons[0].interface: "a-very-long-name" is no name of 1 to 15 bytes',
    ],
    [
      '{"services": [], "daemons": [{"state": "master", "group": "10.0.0.1"}]}',
      'line 1, column 59: daemons[0].group: "10.0.0.1" is no multicast address',
    ],
    ['{"services": {}}', 'line 1, column 14: services: wanted an array, got an object'],
    ['{"services": [null]}', 'line 1, column 15: services[0]: wanted an object, got null'],
    ['{"services": [{}]}', 'line 1, column 15: services[0]: the key "protocol" is missing'],
    [
      '{"services": [{"protocol": "icmp"}]}',
      'line 1, column 28: services[0].protocol: wanted "tcp" or "udp" or "sctp", got "icmp"',
    ],
    ['{"services": [{"protocol": 6}]}', 'line 1, column 28: services[0].protocol: wanted a string, got 6'],
    [
      '{"services": [{"protocol": "tcp", "address": "web\\u001b[31m\\u009b"}]}',
      'line 1, column 46: services[0].address: "web\\u001b[31m\\u009b" is no IPv4 or IPv6 address',
    ],
    [
      '{"services": [{"protocol": "tcp", "address": "10.0.0.1", "port": 65536}]}',
      'line 1, column 66: services[0].port: wanted a whole number from 0 to 65535, got 65536',
    ],
    [
      '{"services": [{"protocol": "tcp", "address": "10.0.0.1", "port": 1.5}]}',
      'line 1, column 66: services[0].port: wanted a whole number from 0 to 65535, got 1.5',
    ],
    [
      '{"services": [{"protocol": "tcp", "address": "10.0.0.1", "port": 0}]}',
      'line 1, column 66: services[0].port: Zero port specified for non-persistent service',
    ],
    [
      '{"services": [{"fwmark": 0}]}',
      'line 1, column 26: services[0].fwmark: wanted a whole number from 1 to 4294967295, got 0',
    ],
    [
      '{"services": [{"fwmark": 1, "port": 80}]}',
      'line 1, column 37: services[0].port: a service has either a fwmark or an address',
    ],
    [
      `${service},"family":"ipv4"}]}`,
      'line 1, column 72: services[0].family: only a service by fwmark has a family of its own',
    ],
    [
      `${service},"scheduler":"weighted-round-robin"}]}`,
      'line 1, column 75: services[0].scheduler: "weighted-round-robin" is no name of 1 to 15 bytes',
    ],
    [
      `${service},"scheduler":""}]}`,
      'line 1, column 75: services[0].scheduler: "" is no name of 1 to 15 bytes',
    ],
    [
      `${service},"scheduler_flags":["sh-port"]}]}`,
      'line 1, column 82: services[0].scheduler_flags[0]: the flag "sh-port" is not one of the scheduler "wlc"',
    ],
    [
      `${service},"scheduler_flags":["flag-4"]}]}`,
      'line 1, column 82: services[0].scheduler_flags[0]: unknown scheduler flag "flag-4"',
    ],
    [
      `${service},"scheduler_flags":["flag-1","flag-1"]}]}`,
      'line 1, column 91: services[0].scheduler_flags[1]: the flag "flag-1" comes twice',
    ],
    [
      `${service},"flags":["one_packet"]}]}`,
      'line 1, column 71: services[0].flags: One-Packet Scheduling is only for UDP virtual services',
    ],
    [
      `${service},"flags":["one_packet","one_packet"]}]}`,
      'line 1, column 85: services[0].flags[1]: "one_packet" comes twice',
    ],
    [
      `${service},"persistence":{"timeout":2678401}}]}`,
      'line 1, column 88: services[0].persistence.timeout: wanted a whole number from 0 to 2678400, got 2678401',
    ],
    [
      `${service},"persistence":{"netmask":24}}]}`,
      'line 1, column 88: services[0].persistence.netmask: wanted a string, got 24',
    ],
    [
      `${service},"persistence":{"netmask":"24"}}]}`,
      'line 1, column 88: services[0].persistence.netmask: "24" is no IPv4 netmask',
    ],
    [
      '{"services":[{"fwmark":1,"family":"ipv6","persistence":{"netmask":129}}]}',
      'line 1, column 67: services[0].persistence.netmask: wanted a whole number from 1 to 128, got 129',
    ],
    [
      `${service}},\n{"fwmark":1},\n{"protocol":"tcp","address":"10.0.0.1","port":80}]}`,
      'line 3, column 1: services[2]: this service stands in line 1 already',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2"},\n{"address":"10.0.0.2","port":80}]}]}`,
      'line 2, column 1: services[0].destinations[1]: this destination stands in line 1 already',
    ],
    [
      `${service},"destinations":[{"wieght":1}]}]}`,
      'line 1, column 80: services[0].destinations[0]: unknown key "wieght"',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","weight":-1}]}]}`,
      'line 1, column 110: services[0].destinations[0].weight: wanted a whole number from 0 to 2147483647, got -1',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"bypass"}]}]}`,
      'line 1, column 114: services[0].destinations[0].forwarding: wanted "masquerade" or "local" or "tunnel" or "route", got "bypass"',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","lower_threshold":5}]}]}`,
      'line 1, column 119: services[0].destinations[0].lower_threshold: the lower threshold 5 is above the upper one, 0',
    ],
    [
      `${service},"destinations":[{"address":"::2"}]}]}`,
      'line 1, column 90: services[0].destinations[0].address: Different address family is allowed only for tunneling servers',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","tunnel":{}}]}]}`,
      'line 1, column 110: services[0].destinations[0].tunnel: only a server with forwarding "tunnel" has one',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"tunnel","tunnel":{"type":"gue"}}]}]}`,
      'line 1, column 132: services[0].destinations[0].tunnel: the key "port" is missing',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"tunnel","tunnel":{"type":"gre","port":1}}]}]}`,
      'line 1, column 153: services[0].destinations[0].tunnel.port: only a gue tunnel has a port',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"tunnel","tunnel":{"flags":[]}}]}]}`,
      'line 1, column 141: services[0].destinations[0].tunnel.flags: an ipip tunnel has no flags',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"tunnel","tunnel":{"type":"gre","flags":["remcsum"]}}]}]}`,
      'line 1, column 155: services[0].destinations[0].tunnel.flags[0]: wanted "csum", got "remcsum"',
    ],
    [
      `${service},"destinations":[{"address":"10.0.0.2","forwarding":"tunnel","tunnel":{"type":"gue","port":1,"flags":["csum","remcsum"]}}]}]}`,
      'line 1, column 163: services[0].destinations[0].tunnel.flags: "csum" and "remcsum" exclude one another',
    ],
  ])('%s', (text, message) => {
    expect(troubleOf(text)).toBe(message);
  });
});

const word = fc.nat(0xffffffff);
const ipv4 = word.map((w0) => new IpAddress(AddressFamily.ipv4, w0));
const ipv6 = fc
  .tuple(word, word, word, word)
  .map(([w0, w1, w2, w3]) => new IpAddress(AddressFamily.ipv6, w0, w1, w2, w3));
const family = fc.constantFrom(AddressFamily.ipv4, AddressFamily.ipv6);
const count = fc.nat(0x7fffffff);
const key = fc.oneof(
  fc
    .tuple(fc.constantFrom(Protocol.tcp, Protocol.udp, Protocol.sctp), fc.oneof(ipv4, ipv6), fc.nat(65535))
    .map(([protocol, address, port]) => addressService(protocol, address, port)),
  fc
    .tuple(fc.integer({ min: 1, max: 0xffffffff }), family)
    .map(([fwmark, its]) => fwmarkService(fwmark, its)),
);

function serviceOf(its: ServiceKey): fc.Arbitrary<Service> {
  const mayBeOnePacket = its.fwmark !== 0 || its.protocol === Protocol.udp;
  return fc
    .record({
      scheduler: fc.constantFrom('rr', 'wlc', 'sh', 'mh'),
      schedulerFlags: fc.nat(7).map((bits) => bits << 3),
      onePacket: mayBeOnePacket ? fc.constantFrom(0, ServiceFlag.onePacket) : fc.constant(0),
      timeout: fc.integer({ min: its.fwmark === 0 && its.port === 0 ? 1 : 0, max: 2678400 }),
      netmask: fc.option(its.family === AddressFamily.ipv4 ? word : fc.integer({ min: 1, max: 128 })),
      persistenceEngine: fc.constantFrom('', 'sip'),
    })
    .map(({ scheduler, schedulerFlags, onePacket, timeout, netmask, persistenceEngine }) => ({
      ...its,
      scheduler,
      flags: schedulerFlags | onePacket | (timeout > 0 ? ServiceFlag.persistent : 0),
      timeout,
      netmask: netmask ?? hostNetmask(its.family),
      persistenceEngine,
    }));
}

const tunnel = fc.oneof(
  fc.constant({ tunnelType: TunnelType.ipip, tunnelPort: 0, tunnelFlags: 0 }),
  fc.record({
    tunnelType: fc.constant(TunnelType.gue),
    tunnelPort: fc.integer({ min: 1, max: 65535 }),
    tunnelFlags: fc.constantFrom(0, TunnelFlag.csum, TunnelFlag.remcsum),
  }),
  fc.record({
    tunnelType: fc.constant(TunnelType.gre),
    tunnelPort: fc.constant(0),
    tunnelFlags: fc.constantFrom(0, TunnelFlag.csum),
  }),
);

const thresholds = fc
  .tuple(count, count)
  .map(([a, b]) => ({ upperThreshold: Math.max(a, b), lowerThreshold: Math.min(a, b) }));

function destinationOf(its: ServiceKey): fc.Arbitrary<Destination> {
  const common = { port: fc.nat(65535), weight: count };
  const either = fc.oneof(
    fc.record({
      address: its.family === AddressFamily.ipv4 ? ipv4 : ipv6,
      ...common,
      forwarding: fc.constantFrom(Forwarding.masquerade, Forwarding.route),
      tunnelType: fc.constant(0),
      tunnelPort: fc.constant(0),
      tunnelFlags: fc.constant(0),
    }),
    fc
      .tuple(
        fc.record({
          address: fc.oneof(ipv4, ipv6),
          ...common,
          forwarding: fc.constant(Forwarding.tunnel),
        }),
        tunnel,
      )
      .map(([destination, how]) => ({ ...destination, ...how })),
  );
  return fc.tuple(either, thresholds).map(([destination, limits]) => ({ ...destination, ...limits }));
}

const entry: fc.Arbitrary<TableEntry> = key.chain((its) =>
  fc.record({
    service: serviceOf(its),
    destinations: fc.uniqueArray(destinationOf(its), { selector: destinationId, maxLength: 5 }),
  }),
);
const table = fc.uniqueArray(entry, { selector: ({ service: its }) => serviceId(its), maxLength: 5 });

const timeout = fc.nat(2678400);
const multicast = fc.oneof(
  word.map((w0) => new IpAddress(AddressFamily.ipv4, 0xe0000000 + (w0 & 0xfffffff))),
  ipv6.map(({ w0, w1, w2, w3 }) => new IpAddress(AddressFamily.ipv6, (w0 | 0xff000000) >>> 0, w1, w2, w3)),
);
const daemon = fc.record(
  {
    state: fc.constantFrom(DaemonState.master, DaemonState.backup),
    interface: fc.constantFrom('eth0', 'br-1234567890.1'),
    syncId: fc.nat(255),
    maxLength: fc.integer({ min: 1, max: 65507 }),
    group: multicast,
    port: fc.integer({ min: 1, max: 65535 }),
    ttl: fc.integer({ min: 1, max: 255 }),
  },
  { requiredKeys: ['state', 'interface', 'syncId'] },
);
const settings = fc.record({
  timeouts: fc.record({ tcp: timeout, tcpFin: timeout, udp: timeout }),
  daemons: fc.uniqueArray(daemon, { selector: ({ state }) => state, maxLength: 2 }),
});

describe('laws', () => {
  test('what is written is read back unchanged', () => {
    fc.assert(
      fc.property(table, fc.boolean(), fc.option(settings), (entries, pretty, saved) => {
        const read = readJsonTable(write(entries, pretty, saved ?? undefined));
        expect(read.entries).toEqual(entries);
        expect(read.timeouts).toEqual(saved?.timeouts);
        expect(read.daemons).toEqual(saved?.daemons ?? []);
      }),
      { numRuns: 300 },
    );
  });

  test('it is JSON, laid out as JSON.stringify does', () => {
    fc.assert(
      fc.property(table, fc.boolean(), (entries, pretty) => {
        const text = write(entries, pretty);
        const parsed: unknown = JSON.parse(text);
        expect(text).toBe(`${JSON.stringify(parsed, undefined, pretty ? 2 : undefined)}\n`);
      }),
    );
  });

  test('any text is read or refused with a place, and what is read follows the schema', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(99).map(String));
    fc.assert(
      fc.property(table, fc.nat(), fc.nat(3), piece, (entries, at, length, inserted) => {
        const text = write(entries);
        const start = at % text.length;
        const broken = text.slice(0, start) + inserted + text.slice(start + length);
        const trouble = troubleOf(broken);
        expect(trouble).toMatch(/^(?:none|line [1-9][0-9]*, column [1-9][0-9]*: [\x20-\x7e]+)$/);
        if (trouble === 'none') expect(schemaErrors('rules', broken)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
