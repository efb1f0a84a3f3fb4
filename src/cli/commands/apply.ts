import type { Failure } from '../../ipvs/client.js';
import type { DrainState } from '../../ipvs/drain.js';
import type { Operation } from '../../ipvs/operation.js';
import { changesSummary, differenceText } from '../../output/difference.js';
import { leftText, operationName, targetName } from '../../output/plain-names.js';
import { carryOut, planApply, type ApplyOutcome, type ApplyPlan } from '../../rules/apply.js';
import { planOf } from '../../rules/plan.js';
import { serviceId } from '../../rules/table.js';
import { CommandError, ExitStatus } from '../errors.js';
import { persistenceNote, templatesPin } from '../persistence-notes.js';
import { leftoversText } from '../leftovers.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import type { Interruption, Session } from '../session.js';
import { showDifferences } from '../show-differences.js';
import { lineName, readTableFile, type TableFile } from '../table-file.js';
import { limitsOf, secondsOf } from '../table-limits.js';
import { withTableLock } from '../table-lock.js';
import type { RunWord, WordContext, WordValues } from '../words.js';

/** The kernel refused, or the table is not as it should be. */
const failed = 1;

const defaultWait = 60;

/** `ipvsadm apply`: makes the kernel's table as a file says, all or nothing. */
export const run: RunWord = async (context, values) => {
  const limits = limitsOf(values);
  const patience = secondsOf(values, 'wait') ?? defaultWait;
  secondsOf(values, 'drain');
  const file = await readTableFile(context.terminal, values.args[0] ?? '-');
  if (values.options.has('dry-run')) {
    return context.withSession(async ({ client }) => {
      showDifferences(context.terminal, values, await planApply(client, file.table, limits, file));
      return ExitStatus.ok;
    });
  }
  const interruption = context.terminal.interruption();
  const onUnlocked = (reason: string): void => {
    context.terminal.writeError(`ipvsadm apply: other programs are not kept out: ${reason}\n`);
  };
  return context.withSession((session) =>
    asWord(interruption, () =>
      withTableLock(
        async () => {
          const plan = await planApply(session.client, file.table, limits, file);
          refuseEmptyRules(file, plan);
          return new Apply(context, session, values, file, plan, interruption).run();
        },
        { signal: interruption.signal, patience, onUnlocked },
      ),
    ),
  );
};

/** Rules without a service are what a program that failed leaves in its pipe, so they don't empty a table. */
function refuseEmptyRules(file: TableFile, plan: ApplyPlan): void {
  if (file.form !== 'rules' || file.table.size > 0 || planOf(plan.differences).removals.length === 0) return;
  throw new CommandError(
    `${printable(file.name)} has no service, and nothing was changed: ipvsadm -C clears a table, and so does {"services":[]} here`,
    ExitStatus.usage,
  );
}

/** A lock that can't be had is trouble before anything was done. */
async function asWord(interruption: Interruption, action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'ERR_LOCKED') throw error;
    throw new CommandError(error.message, interruption.exitStatus ?? ExitStatus.usage, { cause: error });
  }
}

class Apply {
  readonly #context: WordContext;
  readonly #session: Session;
  readonly #values: WordValues;
  readonly #file: TableFile;
  readonly #plan: ApplyPlan;
  readonly #interruption: Interruption;
  readonly #progress: ProgressLine;

  constructor(
    context: WordContext,
    session: Session,
    values: WordValues,
    file: TableFile,
    plan: ApplyPlan,
    interruption: Interruption,
  ) {
    this.#context = context;
    this.#session = session;
    this.#values = values;
    this.#file = file;
    this.#plan = plan;
    this.#interruption = interruption;
    this.#progress = new ProgressLine(context.terminal);
  }

  async run(): Promise<number> {
    const { options } = this.#values;
    if (options.has('drain')) this.#notePersistence();
    const outcome = await carryOut(this.#session.client, this.#plan, {
      signal: this.#interruption.signal,
      onProgress: (done, total) => {
        this.#progress.show(`${done} of ${total} changes`);
      },
      drain: options.has('drain')
        ? { timeout: secondsOf(this.#values, 'drain'), templates: templatesPin(), onProgress: this.#waiting }
        : undefined,
      verify: options.has('verify') ? limitsOf(this.#values).scope : undefined,
      reopen: this.#session.reopen,
    });
    this.#progress.clear();
    return this.#report(outcome);
  }

  readonly #waiting = (states: readonly DrainState[], elapsed: number): void => {
    const left = states.filter(({ drained }) => !drained);
    const active = left.reduce((sum, state) => sum + state.active, 0);
    this.#progress.show(
      `waiting for ${left.length} servers with ${active} active connections, ${elapsed.toFixed(0)} s`,
    );
  };

  #notePersistence(): void {
    for (const { service, destinations } of this.#plan.differences) {
      const old = this.#plan.current.get(serviceId(service))?.service;
      const removes = destinations.some(({ after }) => after === undefined);
      const note = removes && old !== undefined ? persistenceNote(old) : undefined;
      if (note !== undefined) this.#say(note);
    }
  }

  #say(text: string): void {
    this.#context.terminal.writeError(`ipvsadm apply: ${text}\n`);
  }

  #report(outcome: ApplyOutcome): number {
    switch (outcome.result) {
      case 'done':
        return this.#done(outcome);
      case 'refused': {
        const { message, extendedAck } = outcome.failure;
        const reason = extendedAck === undefined ? message : `${message} (${extendedAck})`;
        throw this.#failure(`${this.#name(outcome.operation)}: ${reason}`, outcome.leftovers);
      }
      case 'aborted':
        throw this.#failure('interrupted', outcome.leftovers, this.#interruption.exitStatus);
      case 'disturbed': {
        const names = outcome.states
          .filter(({ weight }) => weight !== 0)
          .map(({ target }) => targetName(target));
        throw this.#failure(
          `another program gave ${names.join(', ')} a weight again while it was drained`,
          outcome.leftovers,
        );
      }
      case 'broken':
        throw this.#failure(outcome.error.message, outcome.leftovers);
    }
  }

  #done({ undrained, changedOutside }: Extract<ApplyOutcome, { readonly result: 'done' }>): number {
    for (const state of undrained) {
      this.#say(`${targetName(state.target)} was removed with ${leftText(state)}`);
    }
    if (changedOutside.length > 0) {
      this.#say('another program changed the table meanwhile; from what was applied to what is there now:');
      this.#context.terminal.writeError(
        differenceText({ settings: [], differences: changedOutside }, { colour: false }),
      );
      return failed;
    }
    if (this.#values.options.has('json')) {
      showDifferences(this.#context.terminal, this.#values, this.#plan);
    } else {
      this.#context.terminal.write(`${changesSummary(this.#plan)}\n`);
    }
    return ExitStatus.ok;
  }

  #failure(
    what: string,
    leftovers: readonly Failure[] | undefined,
    exitStatus: number = failed,
  ): CommandError {
    const undone =
      leftovers === undefined
        ? 'what was done could not be undone: compare with ipvsadm diff'
        : leftovers.length === 0
          ? 'the table is as it was'
          : `not all could be undone (${leftoversText(leftovers)}): compare with ipvsadm diff`;
    return new CommandError(`${what}; ${undone}`, exitStatus);
  }

  /** Where an operation stands in the file, and what it is. */
  #name(operation: Operation): string {
    const what = operationName(operation);
    if (!('service' in operation) || operation.service === undefined) return what;
    const isAsked = operation.kind !== 'delService' && operation.kind !== 'delDest';
    const place = isAsked
      ? this.#file.placeOf(operation.service, 'destination' in operation ? operation.destination : undefined)
      : undefined;
    return place === undefined ? what : `${lineName(this.#file, place)}: ${what}`;
  }
}
