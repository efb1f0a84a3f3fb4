import { readFileSync } from 'node:fs';
import type { IpAddress } from '../../ipvs/address.js';
import { IpvsadmError } from '../../netlink/errors.js';
import type { ListedService } from '../../ipvs/listing.js';
import { numericNames } from '../../output/entry-names.js';
import { watchColumns } from '../../output/watch/columns.js';
import { lookJson, serverChangeJson, serviceChangeJson } from '../../output/watch/json.js';
import { wantsColour } from '../colour.js';
import { CommandError, ExitStatus, UsageError } from '../errors.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';
import { parseNumber } from '../values.js';
import { LiveScreen } from '../watch/live-screen.js';
import { Pace } from '../watch/pace.js';
import { findColumn, type ScreenState } from '../watch/screen-state.js';
import { WatchedTable, type TableChange } from '../watch/watched-table.js';
import type { RunWord, WordValues } from '../words.js';

const shortestInterval = 0.1;
const longestInterval = 3600;

/** `ipvsadm watch`: the live view on a terminal, or a line of JSON for each look and each change. */
export const run: RunWord = async ({ terminal, withSession }, values) => {
  const state = initialState(values);
  const looks = countOf(values);
  const onScreen = terminal.outputIsTerminal && process.env['TERM'] !== 'dumb' && !values.options.has('json');
  return withSession((session) =>
    refusalsAsErrors(
      onScreen
        ? showScreen(session, state, looks, values.options.has('names'))
        : printLines(session, state.interval, looks),
    ),
  );
};

function initialState({ options }: WordValues): ScreenState {
  const sort = options.get('sort');
  const column = typeof sort === 'string' ? findColumn(sort) : watchColumns[0];
  if (column === undefined) {
    const known = watchColumns.map(({ title }) => title.toLowerCase()).join(', ');
    throw new UsageError(`--sort ${printable(String(sort))}: no such column; there are ${known}`);
  }
  const filter = options.get('filter');
  return {
    column,
    reversed: false,
    filter: typeof filter === 'string' ? printable(filter) : '',
    typing: false,
    offset: 0,
    paused: false,
    interval: intervalOf(options.get('interval')),
  };
}

function intervalOf(text: string | true | readonly string[] | undefined): number {
  if (typeof text !== 'string') return 1;
  const interval = /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : NaN;
  if (interval >= shortestInterval && interval <= longestInterval) return interval;
  throw new UsageError(
    `--interval ${printable(text)}: seconds from ${shortestInterval} to ${longestInterval} are needed`,
  );
}

function countOf({ options }: WordValues): number {
  const text = options.get('count');
  if (typeof text !== 'string') return Infinity;
  const count = parseNumber(text, 1, 0x7fffffff);
  if (count === undefined)
    throw new UsageError(`--count ${printable(text)}: a whole number from 1 on is needed`);
  return count;
}

/** What the kernel refuses in the course of watching ends it with a line. */
async function refusalsAsErrors(outcome: Promise<number>): Promise<number> {
  try {
    return await outcome;
  } catch (cause) {
    if (!(cause instanceof IpvsadmError) || cause instanceof CommandError) throw cause;
    // A family that was there and is not any more: somebody unloaded the module.
    const message = cause.code === 'ENOENT' ? 'IPVS is gone from the kernel' : cause.message;
    throw new CommandError(message, ExitStatus.usage, { cause });
  }
}

async function printLines({ client, terminal }: Session, interval: number, looks: number): Promise<number> {
  const interruption = terminal.interruption();
  const table = new WatchedTable(numericNames);
  let left = looks;
  let lastLook: number | undefined;
  for await (const look of client.watch({ interval, signal: interruption.signal, sorted: true })) {
    const now = performance.now();
    const elapsed = lastLook === undefined ? undefined : (now - lastLook) / 1000;
    lastLook = now;
    for (const change of table.look(look.services, elapsed)) terminal.write(changeJson(look.time, change));
    terminal.write(lookJson(look.time, look.services, table));
    terminal.flush();
    if (--left <= 0) break;
  }
  return interruption.exitStatus ?? ExitStatus.ok;
}

function changeJson(time: Date, change: TableChange): string {
  return change.kind === 'service'
    ? serviceChangeJson(time, change.before, change.after)
    : serverChangeJson(time, change.service, change.before, change.after);
}

async function showScreen(
  session: Session,
  initial: ScreenState,
  looks: number,
  withNames: boolean,
): Promise<number> {
  const interruption = session.terminal.interruption();
  const table = new WatchedTable(numericNames);
  const naming = withNames ? new Naming(session, table) : undefined;
  const style = { colour: wantsColour(session.terminal), unicode: hasUnicode() };
  const ended = new AbortController();
  let restart = new AbortController();
  let pace = new Pace(initial.interval);
  const screen = new LiveScreen(session, table, initial, style, (interval) => {
    pace = new Pace(interval);
    restart.abort();
  });
  let left = looks;
  let lastLook: number | undefined;
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted && !interruption.signal.aborted) {
      restart = new AbortController();
      const signal = AbortSignal.any([restart.signal, interruption.signal, ended.signal]);
      for await (const look of session.client.watch({ interval: pace.interval, signal, sorted: true })) {
        if (!screen.isPaused) {
          const now = performance.now();
          table.look(look.services, lastLook === undefined ? undefined : (now - lastLook) / 1000);
          lastLook = now;
          naming?.find(look.services);
          screen.show(look, pace.notice || countingNotice());
        }
        if (--left <= 0) return;
        if (pace.adapt()) restart.abort();
      }
    }
  };
  screen.enter();
  try {
    const end = await Promise.race([screen.ended, watch()]);
    return end?.exitStatus ?? interruption.exitStatus ?? ExitStatus.ok;
  } finally {
    ended.abort();
    screen.leave();
  }
}

/** Looks names up beside the looks, without holding them up. */
class Naming {
  readonly #names: Session['names'];
  readonly #table: WatchedTable;
  readonly #asked = new Set<string>();

  constructor({ names }: Session, table: WatchedTable) {
    this.#names = names;
    this.#table = table;
  }

  find(services: readonly ListedService[]): void {
    const unknown: IpAddress[] = [];
    for (const { service, destinations } of services) {
      for (const { address } of [...(service.fwmark === 0 ? [service] : []), ...destinations]) {
        const text = address.toString();
        if (this.#asked.has(text)) continue;
        this.#asked.add(text);
        unknown.push(address);
      }
    }
    if (unknown.length === 0) return;
    void this.#names.resolveAddresses(unknown).then(() => {
      this.#table.rename(this.#names);
    });
  }
}

/** Whether the terminal draws characters beyond ASCII, as far as its user says. */
function hasUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}

/** The kernel may have been told not to sum its counters up. */
function countingNotice(): string {
  try {
    const running = readFileSync('/proc/sys/net/ipv4/vs/run_estimation', 'latin1').trim();
    return running === '0' ? 'counters stand still: net.ipv4.vs.run_estimation is 0' : '';
  } catch {
    return '';
  }
}
