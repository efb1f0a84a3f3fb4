import { Protocol, type DestinationEntry, type ServiceKey } from '../../ipvs/model.js';
import { schedulerFlagNames } from '../../ipvs/scheduler-flags.js';
import { schedulerNames } from '../../ipvs/schedulers.js';
import { endpointText, numericNames } from '../../output/entry-names.js';
import { forwardingName } from '../../output/classic.js';
import { formatRows, tunnelRows } from '../options.js';
import type { Candidate } from './candidate.js';
import type { LiveTable } from './live.js';

/** What is known of the command line when a value is completed. */
export interface Surroundings {
  readonly live: LiveTable;
  /** The service that stands on the command line. */
  readonly service: ServiceKey | undefined;
  /** Whether a server is to be added, so that those of the service are not what is sought. */
  readonly adding: boolean;
  readonly scheduler: string | undefined;
}

type Source = (surroundings: Surroundings) => readonly Candidate[] | Promise<readonly Candidate[]>;

/** Where the values of options come from, by the options' long names. */
const sources: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['tcp-service', (line) => services(line, Protocol.tcp)],
  ['udp-service', (line) => services(line, Protocol.udp)],
  ['sctp-service', (line) => services(line, Protocol.sctp)],
  ['fwmark-service', (line) => services(line, 0)],
  ['real-server', servers],
  ['only', selectors],
  ['except', selectors],
  ['vip', virtualAddresses],
  ['server', serverAddresses],
  ['scheduler', () => plain(schedulerNames)],
  ['sched-flags', ({ scheduler }) => schedulerFlags(scheduler)],
  ['pe', () => plain(['sip'])],
  ['tun-type', () => plain(tunnelRows.map(({ name }) => name))],
  ['state', () => plain(connectionStates)],
  ['format', () => plain(formatRows.map(({ name }) => name))],
  ['start-daemon', () => plain(['master', 'backup'])],
  ['stop-daemon', () => plain(['master', 'backup'])],
  ['mcast-interface', ({ live }) => plain(live.interfaces())],
]);

/** States of connections (`net/netfilter/ipvs/ip_vs_proto_*.c`), those of TCP and UDP. */
const connectionStates: readonly string[] = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'SYNACK',
  'NONE',
  'UDP',
];

/** What an option's value can be; nothing where only the user knows. */
export async function valuesOf(option: string, surroundings: Surroundings): Promise<readonly Candidate[]> {
  return (await sources.get(option)?.(surroundings)) ?? [];
}

/** Candidates that need no explanation. */
export function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, help: '' }));
}

async function services({ live }: Surroundings, protocol: number): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const service of await live.services()) {
    if (service.protocol === protocol) {
      candidates.push({ word: serviceWord(service), help: `scheduler ${service.scheduler}` });
    }
  }
  return candidates;
}

function serviceWord({ fwmark, address, port, protocol }: ServiceKey): string {
  return fwmark === 0 ? endpointText(address, port, protocol, numericNames) : String(fwmark);
}

async function servers({ live, service, adding }: Surroundings): Promise<Candidate[]> {
  const present = new Map<string, Candidate>();
  if (service !== undefined) {
    for (const { destination } of await live.servers(service)) addServer(present, service, destination);
  }
  if (service !== undefined && !adding) return [...present.values()];
  const all = new Map<string, Candidate>();
  for (const entry of await live.servers()) addServer(all, entry.service, entry.destination);
  return [...all.values()].filter(({ word }) => !present.has(word));
}

function addServer(
  candidates: Map<string, Candidate>,
  service: ServiceKey,
  destination: DestinationEntry,
): void {
  const word = endpointText(destination.address, destination.port, service.protocol, numericNames);
  const help = `${forwardingName(destination.forwarding)} weight ${destination.weight}`;
  if (!candidates.has(word)) candidates.set(word, { word, help });
}

async function virtualAddresses({ live }: Surroundings): Promise<Candidate[]> {
  const addresses = new Set<string>();
  for (const { fwmark, address } of await live.services()) {
    if (fwmark === 0) addresses.add(address.toString());
  }
  return plain([...addresses]);
}

/** What `--only` and `--except` can mean: kinds of services, and those that are there by address, port and mark. */
async function selectors({ live }: Surroundings): Promise<Candidate[]> {
  const words = new Set(['tcp', 'udp', 'sctp', 'fwmark']);
  for (const service of await live.services()) {
    const { fwmark, address, port } = service;
    if (fwmark !== 0) words.add(`fwmark:${fwmark}`);
    else words.add(address.toString()).add(serviceWord(service)).add(`:${port}`);
  }
  return plain([...words]);
}

async function serverAddresses({ live }: Surroundings): Promise<Candidate[]> {
  const addresses = new Set<string>();
  for (const { destination } of await live.servers()) addresses.add(destination.address.toString());
  return plain([...addresses]);
}

function schedulerFlags(scheduler: string | undefined): Candidate[] {
  const flags = schedulerFlagNames.filter(
    (flag) => flag.scheduler === undefined || scheduler === undefined || flag.scheduler === scheduler,
  );
  return plain(flags.map(({ name }) => name));
}
