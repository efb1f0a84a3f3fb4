import {
  Forwarding,
  fwmarkService,
  hostNetmask,
  isOfOtherFamily,
  type Destination,
  type Service,
  type ServiceKey,
} from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import type { Kernel } from './kernel.js';
import { serviceId, type Table } from './table.js';

/** What to ask the kernel about: a service, and servers of it. Each is known by the place of its line. */
export interface Question {
  readonly service: Service;
  readonly serviceLine: number;
  readonly destinations: readonly { readonly destination: Destination; readonly line: number }[];
}

/** Error number by line; undefined for what the kernel takes. */
export type Verdicts = ReadonlyMap<number, number | undefined>;

const ESRCH = 3;

/**
 * Asks the kernel whether it would take entries that are not to be in its table: they are added for a moment to a
 * service of a firewall mark that neither of the `tables` has. Servers of a service that is refused get no verdict.
 * Throws what the client throws.
 */
export async function probe(
  client: Kernel,
  questions: readonly Question[],
  tables: readonly Table[],
): Promise<Verdicts> {
  const mark = freeMark(tables);
  const operations: Operation[] = [];
  const lines: (number | undefined)[] = [];
  const ask = (operation: Operation, line?: number): void => {
    operations.push(operation);
    lines.push(line);
  };
  const askAbout = (key: ServiceKey, destinations: Question['destinations']): void => {
    for (const { destination, line } of destinations) {
      ask({ kind: 'newDest', service: key, destination }, line);
      ask({ kind: 'delDest', service: key, destination });
    }
    ask({ kind: 'delService', service: key });
  };
  for (const { service, serviceLine, destinations } of questions) {
    const key = fwmarkService(mark, service.family);
    ask({ kind: 'newService', service: { ...service, ...key } }, serviceLine);
    const isMixed = ({ destination }: Question['destinations'][number]): boolean =>
      isMixedTunnel(service, destination);
    askAbout(
      key,
      destinations.filter((item) => !isMixed(item)),
    );
    const mixed = destinations.filter(isMixed);
    const [first] = mixed;
    if (first === undefined) continue;
    const { family } = first.destination.address;
    const own = fwmarkService(mark, family);
    ask({ kind: 'newService', service: { ...service, ...own, netmask: hostNetmask(family) } });
    askAbout(own, mixed);
  }
  const errors = new Map((await client.batch(operations)).map(({ index, errno }) => [index, errno]));
  const verdicts = new Map<number, number | undefined>();
  for (const [index, line] of lines.entries()) {
    const errno = errors.get(index);
    if (line !== undefined && errno !== ESRCH) verdicts.set(line, errno);
  }
  return verdicts;
}

/**
 * Whether a server goes through a tunnel to the other address family. The kernel refuses it while a sync daemon runs,
 * and one that runs now may be stopped before the server's line: so it is asked about in a service of its own family,
 * which makes no other difference (`ip_vs_genl_set_cmd` in `net/netfilter/ipvs/ip_vs_ctl.c`).
 */
function isMixedTunnel(service: Service, destination: Destination): boolean {
  return isOfOtherFamily(service, destination) && destination.forwarding === Forwarding.tunnel;
}

/** A firewall mark that no service has, from the largest down. */
function freeMark(tables: readonly Table[]): number {
  for (let mark = 0xffffffff; ; mark--) {
    const used = ([2, 10] as const).some((family) =>
      tables.some((table) => table.has(serviceId(fwmarkService(mark, family)))),
    );
    if (!used) return mark;
  }
}
