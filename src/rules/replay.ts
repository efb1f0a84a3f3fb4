import type { Service, ServiceKey } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { copySettings, type Settings } from './settings.js';
import { serviceId, type Table } from './table.js';
import { applyToDirector, inverseOnDirector, type VirtualDirector } from './virtual-director.js';

/** A line of rules: what it does, or `need` for one that ends the rules when its service is not there. */
export type RuleStep = Operation | { readonly kind: 'need'; readonly service: ServiceKey };

/** Refused lines: the error number by the place of the line. */
export type Refusals = ReadonlyMap<number, number>;

/** What rules do to an empty table, one line after the other. */
export interface Replay {
  /** The table in the end; its entries are the very objects of the lines that made them what they are. */
  readonly table: Table;
  readonly refusals: Refusals;
  /** How many lines count: fewer than there are when one of them ends the rules. */
  readonly end: number;
  /** Lines that succeed in adding or editing an entry. */
  readonly writers: number;
}

/** Rules, and what they start from beside the empty table. */
export interface RulesToReplay {
  /** Every line must have objects of its own. */
  readonly steps: readonly RuleStep[];
  readonly settings: Settings;
  /**
   * The lines that the kernel refuses for reasons of its own: it looks for these only after what it refuses because of
   * what is there or not.
   */
  readonly known: Refusals;
}

/** Carries out rules on an empty table in memory. */
export function replay({ steps, settings, known }: RulesToReplay): Replay {
  const director = emptyDirector(settings);
  const { table } = director;
  const refusals = new Map<number, number>();
  let writers = 0;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) break;
    const errno = carryOut(director, step, known.get(index));
    if (errno !== undefined) {
      refusals.set(index, errno);
      if (step.kind === 'need') return { table, refusals, end: index + 1, writers };
    } else if (writtenEntry(step) !== undefined) {
      writers++;
    }
  }
  return { table, refusals, end: steps.length, writers };
}

function emptyDirector(settings: Settings): VirtualDirector {
  return { table: new Map(), settings: copySettings(settings) };
}

function carryOut(director: VirtualDirector, step: RuleStep, known: number | undefined): number | undefined {
  if (step.kind === 'need') return applyToDirector(director, { kind: 'zero', service: step.service });
  if (known === undefined) return applyToDirector(director, step);
  const inverse = inverseOnDirector(director, step);
  const errno = applyToDirector(director, step);
  if (errno !== undefined) return errno;
  for (const undoing of inverse) applyToDirector(director, undoing);
  return known;
}

/** The entry that a line adds or edits: a service or a server. */
export function writtenEntry(step: RuleStep): object | undefined {
  if (step.kind === 'newService' || step.kind === 'setService') return step.service;
  return step.kind === 'newDest' || step.kind === 'setDest' ? step.destination : undefined;
}

/** Lines whose entry is not in the end what they make it, because later lines change or remove it. */
export function overwritten(steps: readonly RuleStep[], { table, refusals, end, writers }: Replay): number[] {
  let entries = table.size;
  for (const { destinations } of table.values()) entries += destinations.size;
  if (entries === writers) return [];
  const last = new Set<object>();
  for (const { service, destinations } of table.values()) {
    last.add(service);
    for (const destination of destinations.values()) last.add(destination);
  }
  const places: number[] = [];
  for (let index = 0; index < end; index++) {
    const step = steps[index];
    const entry = step === undefined ? undefined : writtenEntry(step);
    if (entry !== undefined && !last.has(entry) && !refusals.has(index)) places.push(index);
  }
  return places;
}

/** The service that each of these lines changes, as it is configured when its turn comes. */
export function servicesAt(
  { steps, settings, known }: RulesToReplay,
  places: ReadonlySet<number>,
): ReadonlyMap<number, Service> {
  const services = new Map<number, Service>();
  const director = emptyDirector(settings);
  for (const [index, step] of steps.entries()) {
    carryOut(director, step, known.get(index));
    if (!places.has(index) || !('service' in step) || step.service === undefined) continue;
    const service = director.table.get(serviceId(step.service))?.service;
    if (service !== undefined) services.set(index, service);
  }
  return services;
}
