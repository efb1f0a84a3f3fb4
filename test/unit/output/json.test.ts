import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  connectionKeys,
  daemonKeys,
  destinationKeys,
  documentKeys,
  endpointKeys,
  persistenceKeys,
  serviceKeys,
  timeoutKeys,
  tunnelKeys,
} from '../../../src/ipvs/json-form.js';
import { DaemonState } from '../../../src/ipvs/model.js';
import type { EntryNames } from '../../../src/output/entry-names.js';
import {
  configurationJson,
  connectionJson,
  daemonsJson,
  listingJson,
  timeoutsJson,
} from '../../../src/output/json.js';
import { projectRoot } from '../../lab/project.js';
import { schemaErrors } from '../../json/schema.js';
import { address, listedServices, statsFrom } from './listed-services.js';

const names: EntryNames = {
  hostName: (host) => (host.toString() === '10.0.0.1' ? 'web1' : undefined),
  portName: (port) => (port === 80 ? 'http' : undefined),
};
const head = { info: { version: 0x010201, connectionTableSize: 4096 }, total: statsFrom(1n) };

function text(pieces: Iterable<string>): string {
  return Array.from(pieces).join('');
}

describe('the listing', () => {
  test('of a whole table', () => {
    expect(text(listingJson(listedServices.slice(0, 1), { head, names, pretty: true }))).toBe(`{
  "info": {
    "version": "1.2.1",
    "connection_table_size": 4096
  },
  "total": {
    "stats": {
      "connections": 1,
      "in_packets": 2,
      "out_packets": 3,
      "in_bytes": 4,
      "out_bytes": 5
    },
    "rates": {
      "connections": 6,
      "in_packets": 7,
      "out_packets": 8,
      "in_bytes": 9,
      "out_bytes": 10
    }
  },
  "services": [
    {
      "protocol": "tcp",
      "address": "192.0.2.1",
      "port": 80,
      "port_name": "http",
      "scheduler": "wlc",
      "scheduler_flags": [],
      "flags": [],
      "persistence": {
        "timeout": 300,
        "netmask": "255.255.255.0"
      },
      "stats": {
        "connections": 18446744073709551600,
        "in_packets": 18446744073709551601,
        "out_packets": 18446744073709551602,
        "in_bytes": 18446744073709551603,
        "out_bytes": 18446744073709551604
      },
      "rates": {
        "connections": 18446744073709551605,
        "in_packets": 18446744073709551606,
        "out_packets": 18446744073709551607,
        "in_bytes": 18446744073709551608,
        "out_bytes": 18446744073709551609
      },
      "destinations": [
        {
          "address": "10.0.0.1",
          "host_name": "web1",
          "port": 8080,
          "forwarding": "masquerade",
          "weight": 5,
          "upper_threshold": 10,
          "lower_threshold": 7,
          "active_connections": 6,
          "inactive_connections": 4,
          "persistent_connections": 2,
          "stats": {
            "connections": 9007199254740993,
            "in_packets": 9007199254740994,
            "out_packets": 9007199254740995,
            "in_bytes": 9007199254740996,
            "out_bytes": 9007199254740997
          },
          "rates": {
            "connections": 9007199254740998,
            "in_packets": 9007199254740999,
            "out_packets": 9007199254741000,
            "in_bytes": 9007199254741001,
            "out_bytes": 9007199254741002
          }
        },
        {
          "address": "10.0.0.2",
          "port": 8080,
          "forwarding": "local",
          "weight": 0,
          "upper_threshold": 0,
          "lower_threshold": 0,
          "active_connections": 0,
          "inactive_connections": 0,
          "persistent_connections": 0,
          "stats": {
            "connections": 0,
            "in_packets": 1,
            "out_packets": 2,
            "in_bytes": 3,
            "out_bytes": 4
          },
          "rates": {
            "connections": 5,
            "in_packets": 6,
            "out_packets": 7,
            "in_bytes": 8,
            "out_bytes": 9
          }
        }
      ]
    }
  ]
}
`);
  });

  test('is compact by default, and numeric', () => {
    expect(text(listingJson(listedServices.slice(2)))).toBe(
      '{"services":[{"fwmark":4294967295,"family":"ipv6","scheduler":"wlc","scheduler_flags":[],"flags":[],' +
        '"stats":{"connections":0,"in_packets":1,"out_packets":2,"in_bytes":3,"out_bytes":4},' +
        '"rates":{"connections":5,"in_packets":6,"out_packets":7,"in_bytes":8,"out_bytes":9},' +
        '"destinations":[]}]}\n',
    );
  });

  test('of nothing', () => {
    expect(text(listingJson([]))).toBe('{"services":[]}\n');
    expect(text(listingJson([], { pretty: true }))).toBe('{\n  "services": []\n}\n');
  });

  test('follows its schema, and is a rule file', () => {
    for (const pretty of [false, true]) {
      const listing = text(listingJson(listedServices, { head, names, pretty }));
      expect(schemaErrors('table', listing)).toEqual([]);
      expect(schemaErrors('rules', listing)).toEqual([]);
    }
  });
});

describe('the configuration', () => {
  test('of every kind of entry', () => {
    expect(text(configurationJson(listedServices))).toBe(
      '{"services":[' +
        '{"protocol":"tcp","address":"192.0.2.1","port":80,"scheduler":"wlc","scheduler_flags":[],"flags":[],' +
        '"persistence":{"timeout":300,"netmask":"255.255.255.0"},"destinations":[' +
        '{"address":"10.0.0.1","port":8080,"forwarding":"masquerade","weight":5,"upper_threshold":10,"lower_threshold":7},' +
        '{"address":"10.0.0.2","port":8080,"forwarding":"route","weight":0,"upper_threshold":0,"lower_threshold":0}]},' +
        '{"protocol":"udp","address":"2001:db8::1","port":53,"scheduler":"sh","scheduler_flags":["sh-fallback","sh-port"],' +
        '"flags":["one_packet"],"persistence":{"timeout":0,"netmask":64,"engine":"sip"},"destinations":[' +
        '{"address":"10.0.0.3","port":53,"forwarding":"tunnel","weight":1,"upper_threshold":0,"lower_threshold":0,' +
        '"tunnel":{"type":"gue","port":6080,"flags":["csum"]}},' +
        '{"address":"2001:db8::2","port":53,"forwarding":"tunnel","weight":1,"upper_threshold":0,"lower_threshold":0,' +
        '"tunnel":{"type":"gre","flags":[]}},' +
        '{"address":"2001:db8::3","port":53,"forwarding":"tunnel","weight":1,"upper_threshold":0,"lower_threshold":0,' +
        '"tunnel":{"type":"ipip"}}]},' +
        '{"fwmark":4294967295,"family":"ipv6","scheduler":"wlc","scheduler_flags":[],"flags":[],"destinations":[]}]}\n',
    );
  });

  test('follows its schema, with timeouts and daemons too', () => {
    const settings = {
      timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
      daemons: [{ state: DaemonState.master, interface: 'eth0', syncId: 1 }],
    };
    const rules = text(configurationJson(listedServices, { settings }));
    expect(rules).toMatch(
      /^\{"timeouts":\{"tcp":900,"tcp_fin":120,"udp":300\},"daemons":\[\{"state":"master","interface":"eth0","sync_id":1\}\],"services":\[/,
    );
    expect(schemaErrors('rules', rules)).toEqual([]);
  });
});

test('timeouts and daemons', () => {
  const timeouts = timeoutsJson({ tcp: 900, tcpFin: 120, udp: 300 });
  expect(timeouts).toBe('{"timeouts":{"tcp":900,"tcp_fin":120,"udp":300}}\n');
  expect(schemaErrors('timeouts', timeouts)).toEqual([]);
  const daemons = daemonsJson([
    {
      state: DaemonState.master,
      interface: 'eth0',
      syncId: 7,
      maxLength: 1472,
      group: address('ff02::81'),
      port: 8848,
      ttl: 1,
    },
    { state: DaemonState.backup, interface: 'eth1', syncId: 0 },
  ]);
  expect(daemons).toBe(
    '{"daemons":[{"state":"master","interface":"eth0","sync_id":7,"max_length":1472,"group":"ff02::81","port":8848,"ttl":1},' +
      '{"state":"backup","interface":"eth1","sync_id":0}]}\n',
  );
  expect(schemaErrors('daemons', daemons)).toEqual([]);
});

test('a connection is a line; nothing in it steers a terminal', () => {
  const connection = {
    protocol: 'TCP',
    client: address('198.51.100.7'),
    clientPort: 40001,
    virtual: address('192.0.2.1'),
    virtualPort: 80,
    destination: address('10.0.0.1'),
    destinationPort: 8080,
    state: 'ESTABLISHED',
    expires: 899,
    persistenceEngine: 'sip',
    persistenceData: 'call\u001b[31m\u009b"\\\u2028\ud800',
  };
  const line = connectionJson(connection, { names });
  expect(line).toBe(
    '{"protocol":"tcp","client":{"address":"198.51.100.7","port":40001},' +
      '"virtual":{"address":"192.0.2.1","port":80,"port_name":"http"},' +
      '"destination":{"address":"10.0.0.1","host_name":"web1","port":8080},"state":"ESTABLISHED","expires":899,' +
      '"persistence_engine":"sip","persistence_data":"call\\u001b[31m\\u009b\\"\\\\\\u2028\\ud800"}\n',
  );
  expect(schemaErrors('connection', line)).toEqual([]);
  const plain = { ...connection, expires: -1, persistenceEngine: '', persistenceData: '' };
  expect(connectionJson(plain)).toMatch(/"state":"ESTABLISHED","expires":0\}\n$/);
});

describe('the schemas', () => {
  interface Schema {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly $defs?: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
  }
  const schema = (name: string): Schema =>
    JSON.parse(readFileSync(join(projectRoot, `docs/schema/${name}.schema.json`), 'utf8')) as Schema;
  const keys = (properties: object | undefined): string[] => Object.keys(properties ?? {}).sort();

  test('have the keys of the form', () => {
    const rules = schema('rules');
    const { $defs } = rules;
    expect(keys(rules.properties)).toEqual(keys(documentKeys));
    expect(keys($defs?.['service']?.properties)).toEqual(keys(serviceKeys));
    expect(keys($defs?.['persistence']?.properties)).toEqual(keys(persistenceKeys));
    expect(keys($defs?.['destination']?.properties)).toEqual(keys(destinationKeys));
    expect(keys($defs?.['tunnel']?.properties)).toEqual(keys(tunnelKeys));
    expect(keys($defs?.['timeouts']?.properties)).toEqual(keys(timeoutKeys));
    expect(keys($defs?.['daemon']?.properties)).toEqual(keys(daemonKeys));
    const table = schema('table').$defs;
    expect(keys(table?.['service']?.properties)).toEqual(keys(serviceKeys));
    expect(keys(table?.['destination']?.properties)).toEqual(keys(destinationKeys));
    const connection = schema('connection');
    expect(keys(connection.properties)).toEqual(keys(connectionKeys));
    expect(keys(connection.$defs?.['endpoint']?.properties)).toEqual(keys(endpointKeys));
  });

  test('refuse what the reader refuses', () => {
    expect(schemaErrors('rules', '{}')).not.toEqual([]);
    expect(schemaErrors('rules', '{"services":[{"fwmark":1,"port":80}]}')).not.toEqual([]);
    expect(schemaErrors('rules', '{"services":[{"fwmark":1,"wieght":80}]}')).not.toEqual([]);
  });

  test('of differences know what is there before and after', () => {
    const timeouts = { tcp: 1, tcp_fin: 2, udp: 3 };
    const server = {
      address: '10.0.0.1',
      port: 80,
      forwarding: 'route',
      upper_threshold: 0,
      lower_threshold: 0,
    };
    const destination = { entry: 'destination', service: 'TCP 10.0.0.1:80' };
    const errorsOf = (change: object): string[] =>
      schemaErrors('diff', JSON.stringify({ changes: [change] }));
    const after = { ...server, weight: 1 };
    expect(errorsOf({ change: 'add', ...destination, after })).toEqual([]);
    expect(errorsOf({ change: 'edit', ...destination, before: after, after })).toEqual([]);
    expect(errorsOf({ change: 'remove', ...destination, before: after })).toEqual([]);
    expect(errorsOf({ change: 'edit', entry: 'timeouts', before: timeouts, after: timeouts })).toEqual([]);
    expect(errorsOf({ change: 'add', ...destination, before: after })).not.toEqual([]);
    expect(errorsOf({ change: 'add', ...destination, before: after, after })).not.toEqual([]);
    expect(errorsOf({ change: 'edit', ...destination, after })).not.toEqual([]);
    expect(errorsOf({ change: 'remove', ...destination, after })).not.toEqual([]);
    expect(errorsOf({ change: 'add', ...destination, after: server })).not.toEqual([]);
    expect(errorsOf({ change: 'add', entry: 'timeouts', after: timeouts })).not.toEqual([]);
    expect(errorsOf({ change: 'add', entry: 'daemon' })).not.toEqual([]);
  });

  test('are all there is in their folder', () => {
    expect(readdirSync(join(projectRoot, 'docs/schema')).sort()).toEqual(
      ['connection', 'daemons', 'diff', 'rules', 'table', 'timeouts', 'watch'].map(
        (name) => `${name}.schema.json`,
      ),
    );
  });
});
