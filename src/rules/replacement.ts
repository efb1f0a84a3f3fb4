import type { Failure } from '../ipvs/client.js';
import { describeRefusal } from '../ipvs/errors.js';
import { isOfOtherFamily, type Service } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import { IpvsadmError, NetlinkError } from '../netlink/errors.js';
import { compareTables } from './compare.js';
import type { Kernel } from './kernel.js';
import { planOf } from './plan.js';
import { probe, type Question } from './probe.js';
import { everything, readKernelTable } from './read-table.js';
import {
  overwritten,
  replay,
  servicesAt,
  writtenEntry,
  type Replay,
  type RulesToReplay,
  type RuleStep,
} from './replay.js';
import type { Selector } from './selector.js';
import { readSettings, type Settings } from './settings.js';
import { serviceId, type Table } from './table.js';
import { applyToTable } from './virtual-table.js';

// Error numbers of Linux.
const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;

/** How often the table may turn out to be another than it was read as. */
const readings = 5;

/**
 * Puts what rules make of an empty table in the place of the kernel's table, as if that had been cleared before, but
 * without clearing it: what is as the rules say stays untouched, what differs is edited, what is new is added, and then
 * what is surplus is removed. Settings (timeouts, sync daemons) are changed in their place among the lines. Lines that
 * only `need` a service or zero counters are looked at and not carried out.
 *
 * Gives what the lines would do to an empty table, with the refusals of the kernel in it: in the end it has just this
 * table. A line that it refuses leaves no entry behind, not even one that was there before. `onRead` is called when
 * all is read and nothing changed yet, is waited for, and may throw. Services that `scope` does not mean stay as they
 * are, and the rules have none of them. Throws what `onRead` and the client throw, and `IpvsadmError` when other
 * programs keep changing the table.
 */
export async function replaceKernelTable(
  client: Kernel,
  steps: readonly RuleStep[],
  onRead: () => Promise<void> = noWork,
  scope: Selector = everything,
): Promise<Replay> {
  const replacement = new Replacement(client, steps, await settingsFor(client, steps), scope);
  await replacement.read();
  await onRead();
  return replacement.run();
}

function noWork(): Promise<void> {
  return Promise.resolve();
}

/** The settings, where lines change them or depend on them. */
async function settingsFor(client: Kernel, steps: readonly RuleStep[]): Promise<Settings> {
  const matter = steps.some(
    (step) => isSetting(step) || ('destination' in step && isOfOtherFamily(step.service, step.destination)),
  );
  return matter ? readSettings(client) : { timeouts: { tcp: 0, tcpFin: 0, udp: 0 }, daemons: new Map() };
}

class Replacement {
  readonly #client: Kernel;
  readonly #steps: readonly RuleStep[];
  /** What the kernel has. Servers that were read and are as wanted are the objects of the lines. */
  #current: Table = new Map();
  /** What the kernel refuses for reasons that can't be seen from the table: the error number by line. */
  readonly #known = new Map<number, number>();
  /** Lines that the kernel is known to take though their entry is not in the table in the end. */
  readonly #taken = new Set<number>();
  /** Lines outside the table that had their turn. */
  readonly #carriedOut = new Set<number>();
  readonly #hasSettings: boolean;
  readonly #settings: Settings;
  readonly #scope: Selector;
  #readings = 0;
  #wanted: Replay;
  #lineOf: ReadonlyMap<object, number> | undefined;

  constructor(client: Kernel, steps: readonly RuleStep[], settings: Settings, scope: Selector) {
    this.#client = client;
    this.#scope = scope;
    this.#steps = steps;
    this.#hasSettings = steps.some(isSetting);
    this.#settings = settings;
    this.#wanted = this.#replay();
  }

  async run(): Promise<Replay> {
    for (; ; this.#wanted = this.#replay()) {
      const wanted = this.#wanted;
      if (await this.#probe(wanted)) continue;
      const { additionsAndEdits, removals } = planOf(compareTables(this.#current, wanted.table));
      const changes = this.#hasSettings ? this.#withSettings(additionsAndEdits, wanted) : additionsAndEdits;
      const obstacles = changes.some(({ kind }) => kind === 'newDaemon')
        ? removals.filter(this.#isMixed)
        : [];
      await this.#remove(obstacles);
      if (obstacles.length > 0 || (await this.#change(changes))) continue;
      await this.#remove(removals);
      return wanted;
    }
  }

  #replay(): Replay {
    return replay(this.#rules());
  }

  #rules(): RulesToReplay {
    return { steps: this.#steps, settings: this.#settings, known: this.#known };
  }

  /** Asks the kernel about lines that leave no trace in the table. True when it refuses some. */
  async #probe(wanted: Replay): Promise<boolean> {
    for (;;) {
      const places = overwritten(this.#steps, wanted).filter((line) => !this.#taken.has(line));
      if (places.length === 0) return false;
      const verdicts = await probe(this.#client, this.#questions(places), [this.#current, wanted.table]);
      let refused = false;
      for (const [line, errno] of verdicts) {
        if (errno === undefined) this.#taken.add(line);
        else this.#known.set(line, errno);
        refused ||= errno !== undefined;
      }
      if (refused) return true;
    }
  }

  #questions(places: readonly number[]): Question[] {
    const services = servicesAt(this.#rules(), new Set(places));
    const questions = new Map<Service, { destinations: Question['destinations'][number][] } & Question>();
    for (const line of places) {
      const step = this.#steps[line];
      const service = services.get(line);
      if (step === undefined || service === undefined) continue;
      let question = questions.get(service);
      if (question === undefined) {
        question = { service, serviceLine: this.#line(service), destinations: [] };
        questions.set(service, question);
      }
      if (step.kind === 'newDest' || step.kind === 'setDest') {
        question.destinations.push({ destination: step.destination, line });
      }
    }
    return [...questions.values()];
  }

  /** Carries out additions, edits and settings. True when the plan has to be made anew. */
  async #change(changes: readonly Operation[]): Promise<boolean> {
    for (const part of untilDaemons(changes)) if (await this.#changePart(part)) return true;
    return false;
  }

  async #changePart(changes: readonly Operation[]): Promise<boolean> {
    const failures = await this.#client.batch(changes);
    const refused = new Set(failures.map(({ index }) => index));
    for (const [index, change] of changes.entries()) {
      if (isSetting(change)) this.#carriedOut.add(this.#line(change));
      else if (!refused.has(index)) applyToTable(this.#current, change);
    }
    let stale = false;
    for (const { index, errno } of failures) {
      const change = changes[index];
      if (change === undefined) continue;
      if (isStale(change, errno)) stale = true;
      else this.#known.set(this.#line(writtenEntry(change) ?? change), errno);
    }
    if (stale) await this.read();
    return failures.length > 0;
  }

  /** Reads the kernel's table; for the first time before {@link run}. */
  async read(): Promise<void> {
    if (this.#readings >= readings) {
      throw new IpvsadmError(
        'ERR_TABLE_CHANGING',
        'another program keeps changing the table: it is only partly as the rules say, run the restore again',
      );
    }
    this.#readings++;
    this.#current = await readKernelTable(this.#client, this.#scope, this.#wanted.table);
  }

  async #remove(removals: readonly Operation[]): Promise<void> {
    if (removals.length === 0) return;
    const failures: readonly Failure[] = await this.#client.batch(removals);
    const failure = failures.find(({ errno }) => errno !== ESRCH && errno !== ENOENT);
    if (failure !== undefined) {
      throw new NetlinkError(
        failure.errno,
        failure.operation,
        describeRefusal(failure.operation, failure.errno),
      );
    }
    for (const removal of removals) applyToTable(this.#current, removal);
  }

  /** Whether a removal ends a mix of address families, with which no sync daemon can be started. */
  readonly #isMixed = (removal: Operation): boolean => {
    if (removal.kind === 'delDest') return isOfOtherFamily(removal.service, removal.destination);
    if (removal.kind !== 'delService') return false;
    const destinations = this.#current.get(serviceId(removal.service))?.destinations.values() ?? [];
    return Array.from(destinations).some((destination) => isOfOtherFamily(removal.service, destination));
  };

  /** Changes with the lines for settings that had no turn yet in their place among them. */
  #withSettings(changes: readonly Operation[], { end, refusals }: Replay): readonly Operation[] {
    const placed: { readonly place: number; readonly operation: Operation }[] = [];
    for (const operation of changes) {
      const service =
        'service' in operation && operation.service !== undefined ? operation.service : operation;
      const entry = writtenEntry(operation) ?? operation;
      // A server comes after its service, wherever its own line stands.
      placed.push({ place: Math.max(this.#line(service), this.#line(entry)), operation });
    }
    for (const [line, step] of this.#steps.entries()) {
      if (line >= end || !isSetting(step) || refusals.has(line) || this.#carriedOut.has(line)) continue;
      placed.push({ place: line, operation: step });
    }
    return placed.sort((a, b) => a.place - b.place).map(({ operation }) => operation);
  }

  /** The place of the line that has this entry, or is this setting. */
  #line(entry: object): number {
    this.#lineOf ??= new Map(this.#steps.map((step, line) => [writtenEntry(step) ?? step, line]));
    const line = this.#lineOf.get(entry);
    if (line === undefined) throw new RangeError('an entry that no line has');
    return line;
  }
}

type Setting = Extract<Operation, { readonly kind: 'setConfig' | 'newDaemon' | 'delDaemon' }>;

function isSetting(step: RuleStep): step is Setting {
  return step.kind === 'setConfig' || step.kind === 'newDaemon' || step.kind === 'delDaemon';
}

/**
 * Parts that end with the start of a daemon: what comes after it depends on whether the kernel can start it, which the
 * table doesn't tell.
 */
function untilDaemons(changes: readonly Operation[]): (readonly Operation[])[] {
  const parts: (readonly Operation[])[] = [];
  let start = 0;
  for (const [index, { kind }] of changes.entries()) {
    if (kind !== 'newDaemon' && index + 1 < changes.length) continue;
    parts.push(changes.slice(start, index + 1));
    start = index + 1;
  }
  return parts;
}

/** Whether a refusal says that the table is not what it was when it was read. */
function isStale(change: Operation, errno: number): boolean {
  if (isSetting(change)) return false;
  if (errno === ESRCH || errno === EEXIST) return true;
  return errno === ENOENT && (change.kind === 'newDest' || change.kind === 'setDest');
}
