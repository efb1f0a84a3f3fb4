import type { Failure, IpvsClient } from '../ipvs/client.js';
import type { ServiceDifference, SettingDifference } from '../ipvs/difference.js';
import { waitUntilDrained, type DrainOptions, type DrainState, type DrainTarget } from '../ipvs/drain.js';
import { isOfOtherFamily } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { IpvsadmError } from '../netlink/errors.js';
import { compareTables } from './compare.js';
import { planOf } from './plan.js';
import { everything, readKernelTable } from './read-table.js';
import type { Selector } from './selector.js';
import { compareSettings, settingOperations, type NamedSettings } from './setting-differences.js';
import { readSettings, type Settings } from './settings.js';
import { destinationId, serviceId, type Table } from './table.js';
import { Transaction, type TransactionOptions } from './transaction.js';

/** What an apply may touch. */
export interface ApplyLimits {
  /** Only the services that this means, in the kernel and among those wanted. */
  readonly scope?: Selector | undefined;
  /** Servers that are there keep their weights. */
  readonly keepWeights?: boolean | undefined;
  /** Nothing is removed. */
  readonly keepExtra?: boolean | undefined;
}

/** What is there, what is to be there, and what is different. */
export interface ApplyPlan {
  /** The part of the kernel's table that may be touched. */
  readonly current: Table;
  readonly target: Table;
  readonly differences: readonly ServiceDifference[];
  /** The settings of the kernel, where some are named. */
  readonly currentSettings: Settings | undefined;
  readonly settings: readonly SettingDifference[];
}

export interface ApplyOptions extends Pick<TransactionOptions, 'signal'> {
  /** Learns how many operations are done, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Servers that are removed get the weight 0 first, and are waited for. */
  readonly drain?: Pick<DrainOptions, 'timeout' | 'idle' | 'templates' | 'onProgress'> | undefined;
  /** Reads the whole scope back at the end, not only the services that were changed. */
  readonly verify?: Selector | undefined;
  /** Gives another connection to the kernel, to undo what was done when this one breaks; without it this one is tried. */
  readonly reopen?: (() => Promise<IpvsClient>) | undefined;
}

/** How an apply ended. Unless it is `done` nothing remains changed, but for `leftovers`. */
export type ApplyOutcome =
  | {
      readonly result: 'done';
      /** Servers that still had connections when their time was over and they were removed. */
      readonly undrained: readonly DrainState[];
      /** From what is wanted to what the kernel has after all: changed by another program during the run. */
      readonly changedOutside: readonly ServiceDifference[];
    }
  | {
      readonly result: 'refused';
      readonly operation: Operation;
      readonly failure: Failure;
      /** What was not undone. */
      readonly leftovers: readonly Failure[];
    }
  /** By the signal. */
  | { readonly result: 'aborted'; readonly leftovers: readonly Failure[] }
  /** Another program gave a server a weight again that was being drained. */
  | {
      readonly result: 'disturbed';
      readonly states: readonly DrainState[];
      readonly leftovers: readonly Failure[];
    }
  /** The connection to the kernel broke. `leftovers` is undefined where undoing failed too. */
  | {
      readonly result: 'broken';
      readonly error: IpvsadmError;
      readonly leftovers: readonly Failure[] | undefined;
    };

/**
 * Reads what the kernel has and compares it with the table, and the settings beside it, that are wanted. Throws what
 * the client throws.
 */
export async function planApply(
  client: IpvsClient,
  wanted: Table,
  limits: ApplyLimits = {},
  named: NamedSettings = { timeouts: undefined, daemons: [] },
): Promise<ApplyPlan> {
  const current = await readKernelTable(client, limits.scope);
  const target = targetOf(current, wanted, limits);
  const namesAny = named.timeouts !== undefined || named.daemons.length > 0;
  const currentSettings = namesAny ? await readSettings(client) : undefined;
  return {
    current,
    target,
    differences: compareTables(current, target),
    currentSettings,
    settings: currentSettings === undefined ? [] : settingDifferences(currentSettings, named),
  };
}

function settingDifferences({ timeouts, daemons }: Settings, named: NamedSettings): SettingDifference[] {
  return compareSettings({ timeouts, daemons: Array.from(daemons.values()) }, named);
}

/** What is to be there when `wanted` is applied to `current` within limits. */
export function targetOf(
  current: Table,
  wanted: Table,
  { scope = everything, keepWeights = false, keepExtra = false }: ApplyLimits = {},
): Table {
  const target: Table = new Map();
  for (const [id, entry] of wanted) {
    if (!scope(entry.service)) continue;
    const present = current.get(id)?.destinations;
    const destinations = new Map(entry.destinations);
    for (const [serverId, old] of present ?? []) {
      const destination = destinations.get(serverId);
      if (destination !== undefined && keepWeights) {
        destinations.set(serverId, { ...destination, weight: old.weight });
      } else if (destination === undefined && keepExtra) {
        destinations.set(serverId, old);
      }
    }
    target.set(id, { service: entry.service, destinations });
  }
  if (keepExtra) {
    for (const [id, entry] of current) if (!target.has(id)) target.set(id, entry);
  }
  return target;
}

/**
 * Carries out a plan: additions, edits and settings, then removals, all or nothing. When the kernel refuses one, or the
 * signal is aborted, what was done is undone in reverse. Throws what the client throws while reading back.
 */
export async function carryOut(
  client: IpvsClient,
  plan: ApplyPlan,
  options: ApplyOptions = {},
): Promise<ApplyOutcome> {
  const run = new Run(client, plan, options);
  try {
    const outcome = await run.run();
    if (outcome.result !== 'done') return outcome;
    return { ...outcome, changedOutside: await changesOutside(client, plan, options.verify) };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    return { result: 'broken', error, leftovers: await run.recover() };
  }
}

/** One carrying out of a plan. */
class Run {
  readonly #client: IpvsClient;
  readonly #plan: ApplyPlan;
  readonly #options: ApplyOptions;
  readonly #transaction: Transaction;
  #done = 0;
  #total = 0;

  constructor(client: IpvsClient, plan: ApplyPlan, options: ApplyOptions) {
    this.#client = client;
    this.#plan = plan;
    this.#options = options;
    this.#transaction = new Transaction(client, plan.current, plan.currentSettings);
  }

  async run(): Promise<ApplyOutcome> {
    const { additionsAndEdits, removals } = planOf(this.#plan.differences);
    const removed = removedServers(this.#plan, removals);
    const draining = this.#options.drain === undefined ? [] : removed;
    const quiescing = draining.map(({ service, destination }): Operation => ({
      kind: 'setDest',
      service,
      destination: { ...destination, weight: 0 },
    }));
    const settings = this.#plan.settings.flatMap(settingOperations);
    // The kernel starts no sync daemon beside servers of another family than their service's.
    const areMixed = removed.some(({ service, destination }) => isOfOtherFamily(service, destination));
    const late = areMixed ? settings.filter(({ kind }) => kind === 'newDaemon') : [];
    const first = additionsAndEdits.concat(
      settings.filter((operation) => !late.includes(operation)),
      quiescing,
    );
    const last = removals.concat(late);
    this.#total = first.length + last.length;
    const failed = await this.#step(first);
    if (failed !== undefined) return failed;
    const undrained: DrainState[] = [];
    if (draining.length > 0) {
      const ended = await this.#wait(draining, undrained);
      if (ended !== undefined) return ended;
    }
    return (await this.#step(last)) ?? { result: 'done', undrained, changedOutside: [] };
  }

  async #step(operations: readonly Operation[]): Promise<ApplyOutcome | undefined> {
    const { signal, onProgress } = this.#options;
    const before = this.#done;
    const outcome = await this.#transaction.run(operations, {
      signal,
      onProgress: (count) => {
        this.#done = before + count;
        onProgress?.(this.#done, this.#total);
      },
    });
    if (outcome.result === 'done') return undefined;
    const leftovers = await this.#transaction.undo();
    if (outcome.result === 'aborted') return { result: 'aborted', leftovers };
    const operation = operations[outcome.failure.index];
    if (operation === undefined) throw new RangeError('a refusal of an operation that was not asked for');
    return { result: 'refused', operation, failure: outcome.failure, leftovers };
  }

  async #wait(targets: readonly DrainTarget[], undrained: DrainState[]): Promise<ApplyOutcome | undefined> {
    const { drain, signal } = this.#options;
    const { result, states } = await waitUntilDrained(this.#client, targets, { ...drain, signal });
    if (result === 'drained' || result === 'timed-out') {
      for (const state of states) if (!state.drained) undrained.push(state);
      return undefined;
    }
    const leftovers = await this.#transaction.undo();
    return result === 'aborted' ? { result, leftovers } : { result, states, leftovers };
  }

  /** Undoes what was done when the client threw, over another connection where there can be one. */
  async recover(): Promise<readonly Failure[] | undefined> {
    const { reopen } = this.#options;
    try {
      if (reopen === undefined) return await this.#transaction.undo();
      await using client = await reopen();
      return await this.#transaction.undo(client);
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      return undefined;
    }
  }
}

type ServerEdit = Extract<Operation, { readonly kind: 'newDest' | 'setDest' }>;

/** The servers that removals remove, by themselves or with their service. */
function removedServers({ current }: ApplyPlan, removals: readonly Operation[]): ServerEdit[] {
  const servers: ServerEdit[] = [];
  for (const removal of removals) {
    if (removal.kind !== 'delService' && removal.kind !== 'delDest') continue;
    const { service } = removal;
    const present = current.get(serviceId(service))?.destinations;
    const removed =
      removal.kind === 'delService'
        ? Array.from(present?.values() ?? [])
        : [present?.get(destinationId(removal.destination))];
    for (const destination of removed) {
      if (destination !== undefined) servers.push({ kind: 'setDest', service, destination });
    }
  }
  return servers;
}

async function changesOutside(
  client: IpvsClient,
  { differences, target }: ApplyPlan,
  verify: Selector | undefined,
): Promise<ServiceDifference[]> {
  if (differences.length === 0 && verify === undefined) return [];
  const touched = new Set(differences.map(({ service }) => serviceId(service)));
  const scope = verify ?? ((service): boolean => touched.has(serviceId(service)));
  const expected: Table = new Map(Array.from(target).filter(([, { service }]) => scope(service)));
  return compareTables(expected, await readKernelTable(client, scope));
}
