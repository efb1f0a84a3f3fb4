import type { DrainTarget } from '../ipvs/drain.js';
import type { Destination, Service, ServiceKey } from '../ipvs/model.js';
import { sameAddress } from '../ipvs/address.js';
import type { IpvsClient } from '../ipvs/client.js';
import { NameService } from '../names/name-service.js';
import { serviceId } from '../rules/table.js';
import { readKernelTable } from '../rules/read-table.js';
import { CommandError, ExitStatus, UsageError } from './errors.js';
import type { OptionId } from './options.js';
import { parseAfterLookups } from './parse-names.js';
import { parseCommandLine } from './parse.js';
import { printable } from './printable.js';
import { parseHostPort, type HostPort } from './values.js';
import type { WordValues } from './words.js';

const serviceOptions = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service'] as const;

/** The words of a classic command line that name the service; none where none is named. */
export function serviceWords({ options }: WordValues): string[] {
  const words: string[] = [];
  for (const name of serviceOptions) {
    const text = options.get(name);
    if (typeof text === 'string') words.push(`--${name}`, text);
  }
  if (options.has('ipv6')) words.push('--ipv6');
  return words;
}

/** The service that is named; undefined where none is. Throws {@link UsageError}. */
export async function namedService(values: WordValues): Promise<ServiceKey | undefined> {
  const words = serviceWords(values);
  if (words.length === 0) return undefined;
  const names = new NameService();
  const invocation = await parseAfterLookups(names, () =>
    parseCommandLine(['--delete-service', ...words], '', names),
  );
  return invocation.command === 'delete-service' ? invocation.service : undefined;
}

/** A server of a service, as both are configured. */
export interface ConfiguredServer extends DrainTarget {
  readonly service: Service;
  readonly destination: Destination;
}

/** The servers that a word means. */
export interface ServerChoice {
  /** Undefined for every service. */
  readonly service: ServiceKey | undefined;
  readonly server: HostPort;
  /** The text of the server, for messages. */
  readonly name: string;
}

/** Reads `-r` and the service, or `--everywhere`. Throws {@link UsageError}. */
export async function serverChoice(values: WordValues): Promise<ServerChoice> {
  const service = await namedService(values);
  const text = values.options.get('real-server');
  if (typeof text !== 'string') throw new UsageError('which server? -r SERVER[:PORT]');
  if ((service === undefined) !== values.options.has('everywhere')) {
    throw new UsageError('of which service? either -t, -u, --sctp-service or -f, or --everywhere');
  }
  const names = new NameService();
  const server = await parseAfterLookups(names, () => parseServer(text, service?.protocol ?? 0, names));
  if (server === undefined) throw new UsageError('illegal real server address[:port] specified');
  return { service, server, name: printable(text) };
}

/** Also takes an IPv6 address in brackets without a port. */
function parseServer(text: string, protocol: number, names: NameService): HostPort | undefined {
  const bare = /^\[([0-9A-Fa-f:.]+)\]$/.exec(text)?.[1];
  return parseHostPort(bare ?? text, protocol, names);
}

/** The servers of the kernel's table that are meant. Throws `CommandError` when there is none. */
export async function chosenServers(
  client: IpvsClient,
  { service, server, name }: ServerChoice,
): Promise<ConfiguredServer[]> {
  const wanted = service === undefined ? undefined : serviceId(service);
  const table = await readKernelTable(client, (key) => wanted === undefined || serviceId(key) === wanted);
  if (wanted !== undefined && table.size === 0) {
    throw new CommandError('No such service', ExitStatus.usage);
  }
  const chosen: ConfiguredServer[] = [];
  for (const entry of table.values()) {
    for (const destination of entry.destinations.values()) {
      const samePort = server.port === undefined || server.port === destination.port;
      if (samePort && sameAddress(server.address, destination.address)) {
        chosen.push({ service: entry.service, destination });
      }
    }
  }
  if (chosen.length === 0) {
    const where = service === undefined ? 'in any service' : 'in this service';
    throw new CommandError(`no server ${name} ${where}`, ExitStatus.usage);
  }
  return chosen;
}

/** The words of a classic command line for options of a word that it has too. */
export function classicWords({ options }: WordValues, ids: readonly OptionId[]): string[] {
  return ids.flatMap((id) => {
    const value = options.get(id);
    if (value === undefined) return [];
    return typeof value === 'string' ? [`--${id}=${value}`] : [`--${id}`];
  });
}
