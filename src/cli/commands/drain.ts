import { drain, removeServers, type DrainOutcome, type DrainState } from '../../ipvs/drain.js';
import { leftText, targetName } from '../../output/plain-names.js';
import { ExitStatus } from '../errors.js';
import { persistenceNote, templatesPin } from '../persistence-notes.js';
import { ProgressLine } from '../progress-line.js';
import type { Interruption, Session } from '../session.js';
import { RememberedWeights } from '../state/remembered-weights.js';
import { secondsOf } from '../table-limits.js';
import { chosenServers, serverChoice, type ConfiguredServer } from '../word-targets.js';
import type { RunWord, WordContext, WordValues } from '../words.js';

/** Exit statuses beside 0, trouble (2) and those of signals. */
const timedOut = 1;
const disturbed = 3;

/** `ipvsadm drain`: weight 0, then waits until the connections of a server are gone. */
export const run: RunWord = async (context, values) => {
  const timeout = secondsOf(values, 'timeout');
  const choice = await serverChoice(values);
  const interruption = context.terminal.interruption();
  return context.withSession(async (session) => {
    const servers = await chosenServers(session.client, choice);
    return new Drain(context, session, values, interruption).run(servers, timeout);
  });
};

class Drain {
  readonly #context: WordContext;
  readonly #session: Session;
  readonly #values: WordValues;
  readonly #interruption: Interruption;
  readonly #weights = new RememberedWeights();
  readonly #progress: ProgressLine;

  constructor(context: WordContext, session: Session, values: WordValues, interruption: Interruption) {
    this.#context = context;
    this.#session = session;
    this.#values = values;
    this.#interruption = interruption;
    this.#progress = new ProgressLine(context.terminal);
  }

  async run(servers: readonly ConfiguredServer[], timeout: number | undefined): Promise<number> {
    // Remembered before it changes: whatever happens then, undrain knows it.
    for (const server of servers) {
      if (server.destination.weight !== 0) this.#weights.set(server, server.destination.weight);
    }
    for (const service of new Set(servers.map((server) => server.service))) {
      const note = persistenceNote(service);
      if (note !== undefined) this.#say(note);
    }
    const outcome = await drain(this.#session.client, servers, {
      timeout,
      idle: this.#values.options.has('idle'),
      templates: templatesPin(),
      signal: this.#interruption.signal,
      onProgress: (states, elapsed) => {
        this.#progress.show(progressText(states, elapsed));
      },
    });
    this.#progress.clear();
    const isDeleted = outcome.result === 'drained' && this.#values.options.get('then') === 'delete';
    return this.#report(isDeleted ? await this.#delete(outcome) : outcome, isDeleted);
  }

  /** Removes the servers. One that another program removed is where it was to come to. */
  async #delete(outcome: DrainOutcome): Promise<DrainOutcome> {
    const { client } = this.#session;
    const there = outcome.states.filter(({ gone }) => !gone).map(({ target }) => target);
    const absent = await removeServers(client, there);
    for (const { target } of outcome.states) this.#weights.forget(target);
    const states = outcome.states.map((state) => ({
      ...state,
      gone: state.gone || absent.has(state.target),
    }));
    return { ...outcome, states };
  }

  #report({ result, states, elapsed }: DrainOutcome, isDeleted: boolean): number {
    const time = `${elapsed.toFixed(1)} s`;
    for (const state of states) {
      const name = targetName(state.target);
      if (state.weight !== 0) {
        this.#say(`${name}: another program gave it the weight ${state.weight}`);
      } else if (state.gone) {
        this.#weights.forget(state.target);
        this.#context.terminal.write(`${name}: gone after ${time}, another program removed it\n`);
      } else if (!state.drained) {
        this.#say(`${name}: ${leftText(state)} after ${time}; ${this.#keptText(state)}`);
      } else {
        const end = isDeleted ? 'deleted' : this.#keptText(state);
        this.#context.terminal.write(`${name}: drained after ${time}, ${end}\n`);
      }
    }
    switch (result) {
      case 'drained':
        return ExitStatus.ok;
      case 'timed-out':
        return timedOut;
      case 'disturbed':
        return disturbed;
      case 'aborted':
        return this.#interruption.exitStatus ?? timedOut;
    }
  }

  #keptText({ target }: DrainState): string {
    const weight = this.#weights.get(target);
    return weight === undefined ? 'its weight stays 0' : `its weight stays 0 (undrain gives back ${weight})`;
  }

  #say(text: string): void {
    this.#context.terminal.writeError(`ipvsadm drain: ${text}\n`);
  }
}

function progressText(states: readonly DrainState[], elapsed: number): string {
  const left = states.filter(({ drained }) => !drained);
  const [first] = left;
  const time = `${elapsed.toFixed(0)} s`;
  if (first === undefined) return `nothing left, ${time}`;
  if (left.length === 1) return `${targetName(first.target)}: ${leftText(first)}, ${time}`;
  const active = left.reduce((sum, state) => sum + state.active, 0);
  return `${left.length} of ${states.length} servers left with ${active} active connections, ${time}`;
}
