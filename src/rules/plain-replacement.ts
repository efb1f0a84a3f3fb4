import { AddressFamily } from '../ipvs/address.js';
import type { Failure } from '../ipvs/client.js';
import { visitDestinations, type DestinationRows, type RowSource } from '../ipvs/destination-rows.js';
import type { Service, ServiceKey } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { PlainRow } from '../ipvs/plain-row.js';
import type { Kernel } from './kernel.js';
import type { PlainRules, PlainService } from './plain-rules.js';
import { replaceKernelTable } from './replacement.js';
import type { Refusals } from './replay.js';
import { sameDestination, sameService, serviceId } from './table.js';

/** What became of plain rules. */
export interface PlainReplacement {
  /** The lines that the kernel may refuse, in their order. */
  readonly steps: readonly Operation[];
  /** Those that it refused: the error number by the place in `steps`. */
  readonly refusals: Refusals;
  /** Whether the last line of all is among them. */
  readonly lastRefused: boolean;
}

/**
 * `replaceKernelTable` for plain rules, in a fraction of the time: services that the kernel has with just the servers
 * of their lines are compared in rows, and only what is left goes the long way. `onRead` is called when all is read and
 * nothing changed yet, and may throw. Throws what `replaceKernelTable` throws.
 */
export async function replaceByPlainRules(
  client: Kernel & RowSource,
  rules: PlainRules,
  onRead: () => void,
): Promise<PlainReplacement> {
  const comparison = new Comparison(rules);
  const services = await client.serviceConfigs();
  await visitDestinations(client, services.filter(comparison.isAlike), newRow, comparison.visit);
  const { settled } = comparison;
  const edits = comparison.edits();
  let refusedEdits: readonly Failure[] = [];
  const edit = async (): Promise<void> => {
    onRead();
    if (edits.length > 0) refusedEdits = await client.batch(edits);
  };
  let replacement: PlainReplacement = { steps: [], refusals: new Map(), lastRefused: false };
  if (settled.size === rules.services.length && settled.size === services.length) await edit();
  else replacement = await replaceUnsettled(client, rules, settled, edit);
  if (refusedEdits.length === 0) return replacement;
  // The table is not what it was when it was read.
  return replaceUnsettled(client, rules, new Set(), () => Promise.resolve());
}

/** Replaces the services that are not settled, the long way. */
async function replaceUnsettled(
  client: Kernel,
  rules: PlainRules,
  settled: ReadonlySet<string>,
  onRead: () => Promise<void>,
): Promise<PlainReplacement> {
  const isLeft = (key: ServiceKey): boolean => !settled.has(serviceId(key));
  const left = rules.services.filter(({ service }) => isLeft(service));
  const steps = left.flatMap((entry) => Array.from(rules.additions(entry)));
  const { refusals } = await replaceKernelTable(client, steps, onRead, isLeft);
  return {
    steps,
    refusals,
    lastRefused: left.at(-1) === rules.services.at(-1) && refusals.has(steps.length - 1),
  };
}

function newRow(): PlainRow {
  return new PlainRow();
}

/** Compares rules with what the kernel has, service by service. */
class Comparison {
  /** The ids of the services with just the servers of their lines. */
  readonly settled = new Set<string>();
  readonly #rules: PlainRules;
  readonly #known: ReadonlyMap<string, PlainService>;
  /** The places of servers that differ. */
  readonly #different: { readonly service: Service; readonly place: number }[] = [];

  constructor(rules: PlainRules) {
    this.#rules = rules;
    this.#known = new Map(rules.services.map((entry) => [serviceId(entry.service), entry]));
  }

  /** Whether the rules have this service, and just so. */
  readonly isAlike = (service: Service): boolean => {
    const wanted = this.#known.get(serviceId(service));
    return wanted !== undefined && sameService(service, wanted.service);
  };

  /** Takes the servers that the kernel has for a service. */
  readonly visit = (service: Service, rows: DestinationRows<PlainRow>): void => {
    const id = serviceId(service);
    const entry = this.#known.get(id);
    if (entry === undefined || entry.end - entry.start !== rows.count) return;
    const different: number[] = [];
    const { addresses, ports } = this.#rules;
    let byKey: Map<number, number> | undefined;
    // The kernel lists the latest server first.
    for (let index = 0, guess = entry.end - 1; index < rows.count; index++, guess--) {
      const row = rows.at(index);
      if (row.other !== undefined && row.other.address.family !== AddressFamily.ipv4) return;
      let place: number | undefined = guess;
      if (byKey !== undefined || addresses[guess] !== row.w0 || ports[guess] !== row.port) {
        byKey ??= this.#byKey(entry.start, guess + 1);
        place = byKey.get(serverKey(row.w0, row.port));
        // Where each of the kernel's servers has a line, there are as many lines, so none is of a server twice.
        if (place === undefined) return;
      }
      if (!this.#isAt(place, row)) different.push(place);
    }
    this.settled.add(id);
    for (const place of different) this.#different.push({ service: entry.service, place });
  };

  /** The edits of the servers that differ, in the order of their lines. */
  edits(): Operation[] {
    return this.#different
      .sort((a, b) => a.place - b.place)
      .map(({ service, place }) => ({
        kind: 'setDest',
        service,
        destination: this.#rules.destination(place),
      }));
  }

  #isAt(place: number, { other, forwarding, weight }: PlainRow): boolean {
    const { forwardings, weights } = this.#rules;
    if (other !== undefined) return sameDestination(other, this.#rules.destination(place));
    return forwardings[place] === forwarding && weights[place] === weight;
  }

  #byKey(start: number, end: number): Map<number, number> {
    const { addresses, ports } = this.#rules;
    const places = new Map<number, number>();
    for (let place = start; place < end; place++) {
      places.set(serverKey(addresses[place] ?? 0, ports[place] ?? 0), place);
    }
    return places;
  }
}

/** An IPv4 address and a port as one number. */
function serverKey(address: number, port: number): number {
  return address * 0x1_0000 + port;
}
