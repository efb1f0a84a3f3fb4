import { DaemonState, ServiceFlag } from '../../ipvs/model.js';
import type { Connection } from '../../ipvs/connections.js';
import { targetName } from '../../output/plain-names.js';
import { shellWord, sysctlCommand } from '../commands.js';
import { allServers, type Director, type Server } from '../director.js';
import { firstFew } from '../evidence.js';
import type { FoundTrouble } from '../rule.js';

const setting = (key: string): string => `net.ipv4.vs.${key}`;

/** Persistence goes on sending clients to a server of weight 0. */
export function quiescentPersistence({ host, table }: Director): FoundTrouble[] {
  const name = setting('expire_quiescent_template');
  if (host.sysctl(name) !== 0) return [];
  const pinned = quiesced(table).filter(
    ({ service, destination }) =>
      (service.flags & ServiceFlag.persistent) !== 0 && destination.persistentConnections > 0,
  );
  if (pinned.length === 0) return [];
  return [
    {
      trouble: 'servers of weight 0 still get new connections, from clients that are kept there',
      evidence: [
        `${name} is 0`,
        ...firstFew(
          pinned.map(
            (server) =>
              `${targetName(server)} keeps ${server.destination.persistentConnections} persistent clients`,
          ),
        ),
      ],
      remedy: { command: sysctlCommand([name, 1]) },
    },
  ];
}

/** So many connections are looked at; it has to end even with millions. */
const connectionsExamined = 200_000;

/** Connections of servers that are gone are dropped without a word until they time out. */
export function orphanedConnections({ host, table, connections }: Director): FoundTrouble[] {
  const name = setting('expire_nodest_conn');
  if (table === undefined || host.sysctl(name) !== 0) return [];
  const known = new Set<string>();
  for (const { destination } of allServers(table)) {
    known.add(`${destination.address.toString()} ${destination.port}`);
  }
  const isOrphan = ({ destination, destinationPort }: Connection): boolean => {
    const address = destination.toString();
    // Servers of firewall marks have the port of the packet.
    return !known.has(`${address} ${destinationPort}`) && !known.has(`${address} 0`);
  };
  const gone = new Map<string, number>();
  let examined = 0;
  for (const block of connections()) {
    for (const entry of block) {
      if (!isOrphan(entry)) continue;
      const server = entry.destination.toString();
      gone.set(server, (gone.get(server) ?? 0) + 1);
    }
    examined += block.length;
    if (examined >= connectionsExamined) break;
  }
  if (gone.size === 0) return [];
  return [
    {
      trouble: 'packets of connections to servers that were removed are dropped without an answer',
      evidence: [
        `${name} is 0`,
        ...firstFew(Array.from(gone, ([server, count]) => `${server} is gone, its connections: ${count}`)),
      ],
      remedy: { command: sysctlCommand([name, 1]) },
    },
  ];
}

/** A client that uses a port again is sent where it was before, even if that server has weight 0 by now. */
export function portReuse({ host, table }: Director): FoundTrouble[] {
  const name = setting('conn_reuse_mode');
  const servers = quiesced(table).filter(({ destination }) => destination.inactiveConnections > 0);
  if (host.sysctl(name) !== 0 || servers.length === 0) return [];
  return [
    {
      trouble: 'servers of weight 0 still get new connections, from clients that use a port again',
      evidence: [
        `${name} is 0`,
        ...firstFew(
          servers.map(
            (server) =>
              `${targetName(server)} has ${server.destination.inactiveConnections} inactive connections`,
          ),
        ),
      ],
      remedy: { command: sysctlCommand([name, 1]) },
    },
  ];
}

const defences = [
  { key: 'drop_packet', does: 'drops packets' },
  { key: 'drop_entry', does: 'drops connections' },
  { key: 'secure_tcp', does: 'shortens the timeouts of TCP' },
] as const;

/** The defences against floods of connections: 2 is what the kernel makes of 1 when memory is short, 3 is always. */
export function defencesActive({ host }: Director): FoundTrouble[] {
  return defences.flatMap(({ key, does }) => {
    const value = host.sysctl(setting(key));
    if (value !== 2 && value !== 3) return [];
    const why = value === 2 ? 'since memory is short' : 'at all times';
    return [
      {
        trouble: `a defence against floods ${does} ${why}`,
        evidence: [`${setting(key)} is ${value}`],
        remedy: { command: sysctlCommand([setting(key), 0]) },
      },
    ];
  });
}

/** Counters and rates stand still while the kernel does not sum them up. */
export function statisticsFrozen({ host, table }: Director): FoundTrouble[] {
  const name = setting('run_estimation');
  if (host.sysctl(name) !== 0 || table?.services.length === 0) return [];
  return [
    {
      trouble: 'counters and rates of services and servers stand still',
      evidence: [`${name} is 0`],
      remedy: { command: sysctlCommand([name, 1]) },
    },
  ];
}

/** Connections are not synchronised by an interface that is off. */
export function syncInterfaceDown({ host, table }: Director): FoundTrouble[] {
  const findings: FoundTrouble[] = [];
  for (const { state, interface: name } of table?.daemons ?? []) {
    if (host.interfaces.find((one) => one.name === name)?.up !== false) continue;
    findings.push({
      trouble: 'connections are not synchronised with the other director',
      evidence: [
        `the ${state === DaemonState.master ? 'master' : 'backup'} sync daemon uses ${name}, which is not up`,
      ],
      remedy: { command: `ip link set dev ${shellWord(name)} up` },
    });
  }
  return findings;
}

function quiesced(table: Director['table']): Server[] {
  return [...allServers(table)].filter(({ destination }) => destination.weight === 0);
}
