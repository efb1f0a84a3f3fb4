import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as schema from '../../../src/ipvs/schema.js';

const headerFile = '/usr/include/linux/ip_vs.h';

/** The names of every enumeration in a C header with their numbers. */
function enumerators(header: string): Map<string, number> {
  const numbers = new Map<string, number>();
  const plain = header.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  for (const [, body] of plain.matchAll(/enum\s*\{([^}]*)\}/g)) {
    let next = 0;
    for (const line of (body ?? '').split(',')) {
      const match = /(\w+)(?:\s*=\s*(\d+))?/.exec(line);
      if (match === null) continue;
      const value = match[2] === undefined ? next : Number(match[2]);
      numbers.set(match[1] ?? '', value);
      next = value + 1;
    }
  }
  return numbers;
}

/** Our names by those of the header, without the prefix. */
const attributes: Readonly<
  Record<string, { readonly table: object; readonly names: Readonly<Record<string, string>> }>
> = {
  IPVS_CMD_ATTR_: {
    table: schema.message,
    names: {
      SERVICE: 'service',
      DEST: 'destination',
      DAEMON: 'daemon',
      TIMEOUT_TCP: 'timeoutTcp',
      TIMEOUT_TCP_FIN: 'timeoutTcpFin',
      TIMEOUT_UDP: 'timeoutUdp',
    },
  },
  IPVS_SVC_ATTR_: {
    table: schema.service,
    names: {
      AF: 'family',
      PROTOCOL: 'protocol',
      ADDR: 'address',
      PORT: 'port',
      FWMARK: 'fwmark',
      SCHED_NAME: 'scheduler',
      FLAGS: 'flags',
      TIMEOUT: 'timeout',
      NETMASK: 'netmask',
      STATS: 'stats',
      PE_NAME: 'persistenceEngine',
      STATS64: 'stats64',
    },
  },
  IPVS_DEST_ATTR_: {
    table: schema.destination,
    names: {
      ADDR: 'address',
      PORT: 'port',
      FWD_METHOD: 'forwarding',
      WEIGHT: 'weight',
      U_THRESH: 'upperThreshold',
      L_THRESH: 'lowerThreshold',
      ACTIVE_CONNS: 'activeConnections',
      INACT_CONNS: 'inactiveConnections',
      PERSIST_CONNS: 'persistentConnections',
      STATS: 'stats',
      ADDR_FAMILY: 'family',
      STATS64: 'stats64',
      TUN_TYPE: 'tunnelType',
      TUN_PORT: 'tunnelPort',
      TUN_FLAGS: 'tunnelFlags',
    },
  },
  IPVS_DAEMON_ATTR_: {
    table: schema.daemon,
    names: {
      STATE: 'state',
      MCAST_IFN: 'interface',
      SYNC_ID: 'syncId',
      SYNC_MAXLEN: 'maxLength',
      MCAST_GROUP: 'group',
      MCAST_GROUP6: 'group6',
      MCAST_PORT: 'port',
      MCAST_TTL: 'ttl',
    },
  },
  IPVS_INFO_ATTR_: {
    table: schema.info,
    names: { VERSION: 'version', CONN_TAB_SIZE: 'connectionTableSize' },
  },
};
const statsNames = {
  CONNS: 'connections',
  INPKTS: 'inPackets',
  OUTPKTS: 'outPackets',
  INBYTES: 'inBytes',
  OUTBYTES: 'outBytes',
  CPS: 'connectionRate',
  INPPS: 'inPacketRate',
  OUTPPS: 'outPacketRate',
  INBPS: 'inByteRate',
  OUTBPS: 'outByteRate',
};
const commands = {
  NEW_SERVICE: 'newService',
  SET_SERVICE: 'setService',
  DEL_SERVICE: 'delService',
  GET_SERVICE: 'getService',
  NEW_DEST: 'newDest',
  SET_DEST: 'setDest',
  DEL_DEST: 'delDest',
  GET_DEST: 'getDest',
  NEW_DAEMON: 'newDaemon',
  DEL_DAEMON: 'delDaemon',
  GET_DAEMON: 'getDaemon',
  SET_CONFIG: 'setConfig',
  GET_CONFIG: 'getConfig',
  SET_INFO: 'setInfo',
  GET_INFO: 'getInfo',
  ZERO: 'zero',
  FLUSH: 'flush',
};

/** Names that say nothing to a schema: the zeroth, the paddings, the counts. */
const ignored = /_(UNSPEC|PAD|MAX)$/;

function numbersOf(table: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(table as Record<string, readonly [number, unknown]>).map(([name, [type]]) => [name, type]),
  );
}

/** The header's numbers of a prefix, under our names; a name that we do not know stands as it is. */
function wanted(
  all: Map<string, number>,
  prefix: string,
  names: Readonly<Record<string, string>>,
): Record<string, number> {
  const entries: [string, number][] = [];
  for (const [name, number] of all) {
    if (!name.startsWith(prefix) || ignored.test(name)) continue;
    const rest = name.slice(prefix.length);
    if (prefix === 'IPVS_CMD_' && rest.startsWith('ATTR_')) continue;
    entries.push([names[rest] ?? name, number]);
  }
  return Object.fromEntries(entries);
}

describe.runIf(existsSync(headerFile))('every name and number is that of linux/ip_vs.h', () => {
  const header = existsSync(headerFile) ? readFileSync(headerFile, 'utf8') : '';
  const all = enumerators(header);

  test.each(Object.entries(attributes))('%s', (prefix, { table, names }) => {
    expect(numbersOf(table)).toEqual(wanted(all, prefix, names));
  });

  test('IPVS_STATS_ATTR_', () => {
    const numbers = wanted(all, 'IPVS_STATS_ATTR_', statsNames);
    expect(numbersOf(schema.stats32)).toEqual(numbers);
    expect(numbersOf(schema.stats64)).toEqual(numbers);
  });

  test('IPVS_CMD_', () => {
    const ours = Object.fromEntries(
      Object.entries(schema.operations).map(([name, { command }]) => [name, command]),
    );
    expect(ours).toEqual(wanted(all, 'IPVS_CMD_', commands));
  });

  test('name, version and lengths', () => {
    expect(header).toContain(`#define IPVS_GENL_NAME\t\t"${schema.family.name}"`);
    expect(header).toMatch(new RegExp(`#define IPVS_GENL_VERSION\\s+0x${schema.family.version}\\b`));
    expect(header).toMatch(/#define IP_VS_SCHEDNAME_MAXLEN\s+16\b/);
    expect(schema.service.scheduler[1].size).toBe(16);
    expect(header).toMatch(/#define IP_VS_IFNAME_MAXLEN\s+16\b/);
    expect(schema.daemon.interface[1].size).toBe(16);
    // The kernel keeps this one without the terminating zero.
    expect(header).toMatch(/#define IP_VS_PENAME_MAXLEN\s+16\b/);
    expect(schema.service.persistenceEngine[1].size).toBe(17);
  });
});

test('operations are called by their names', () => {
  for (const [name, { label }] of Object.entries(schema.operations)) expect(label).toBe(name);
});
