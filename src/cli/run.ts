import type { IpvsClient, OpenOptions } from '../ipvs/client.js';
import { FamilyMissingError, IpvsadmError, NetlinkError } from '../netlink/errors.js';
import { NameService } from '../names/name-service.js';
import { UnresolvedHost } from '../names/lookup.js';
import { operationOf } from './commands/change.js';
import { showHelp, showVersion } from './commands/information.js';
import { CommandError, ExitStatus } from './errors.js';
import type { Invocation } from './invocation.js';
import { parseCommandLine } from './parse.js';
import { parseAfterLookups } from './parse-names.js';
import type { Session, Terminal } from './session.js';
import { findWord, wordRows, type WordRow } from './words.js';

/** Which of the three programs runs. */
export type ProgramKind = 'ipvsadm' | 'ipvsadm-save' | 'ipvsadm-restore';

export interface Program {
  readonly kind: ProgramKind;
  /** The name it was called by, for its messages. */
  readonly name: string;
  /** The words after the name. */
  readonly args: readonly string[];
  readonly terminal: Terminal;
  readonly openOptions: OpenOptions;
}

/** Runs one of the programs and gives its exit status; what fails is told on standard error. */
export async function runProgram(program: Program): Promise<number> {
  try {
    return await (program.kind === 'ipvsadm' ? runIpvsadm(program) : runWrapper(program, program.kind));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.exitStatus === ExitStatus.ok) program.terminal.write(error.message);
    else program.terminal.writeError(`${error.message}\n`);
    return error.exitStatus;
  }
}

async function runIpvsadm(program: Program): Promise<number> {
  const word = findWord(program.args[0]);
  if (word !== undefined) {
    try {
      return await runWord(program, word);
    } catch (error) {
      throw wordError(error, `ipvsadm ${word.name}`);
    }
  }
  const names = new NameService();
  const parse = (): Invocation =>
    program.args.length === 0
      ? { command: 'list', format: 'plain', numeric: false, exact: false, sorted: true }
      : parseCommandLine(program.args, program.name, names);
  const first = attempt(parse);
  if (first.value?.command === 'help' || first.value?.command === 'version') {
    await runInformation(first.value.command, program.terminal);
    return ExitStatus.ok;
  }
  // As the original does, the kernel is asked before a mistake in the command line is told.
  return withClassicSession(program, names, async (session) => {
    const invocation = first.value ?? (await reparse(first.error, names, parse));
    return runInvocation(session, invocation);
  });
}

async function runWord(program: Program, word: WordRow): Promise<number> {
  const { parseWord } = await import('./front.js');
  const values = parseWord(word, program.args.slice(1));
  const { run } = await word.load();
  return run(
    {
      ...program,
      words: wordRows,
      withSession: (action) => withSession(program, new NameService(), action),
    },
    values,
  );
}

/** What a word fails with says which word it was. */
function wordError(error: unknown, name: string): unknown {
  if (!(error instanceof IpvsadmError)) return error;
  const exitStatus = error instanceof CommandError ? error.exitStatus : ExitStatus.usage;
  if (exitStatus === ExitStatus.ok) return error;
  return new CommandError(`${name}: ${error.message}`, exitStatus, { cause: error });
}

interface Attempt<T> {
  readonly value?: T;
  readonly error?: unknown;
}

function attempt<T>(action: () => T): Attempt<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error };
  }
}

function reparse<T>(error: unknown, names: NameService, parse: () => T): Promise<T> {
  if (error instanceof UnresolvedHost) return parseAfterLookups(names, parse);
  throw error;
}

async function withSession(
  program: Program,
  names: NameService,
  action: (session: Session) => Promise<number>,
): Promise<number> {
  const client = await openClient(program.openOptions);
  try {
    return await action({
      client,
      reopen: () => openClient(program.openOptions),
      names,
      terminal: program.terminal,
      programName: program.name,
    });
  } finally {
    client.close();
  }
}

/** The oldest kernel interface that ipvsadm 1.31 has no warning for, as three bytes. */
const oldestVersion = 0x010104;

/** A session that warns of an old kernel, as ipvsadm 1.31 does before it says anything else. */
function withClassicSession(
  program: Program,
  names: NameService,
  action: (session: Session) => Promise<number>,
): Promise<number> {
  return withSession(program, names, async (session) => {
    const { version } = session.client.info;
    if (version < oldestVersion) {
      const { versionText } = await import('../ipvs/model.js');
      program.terminal.writeError(
        'Warning: IPVS version mismatch: \n' +
          `  Kernel compiled with IPVS version ${versionText(version)}\n` +
          `  ipvsadm v1.31  requires minimum IPVS version ${versionText(oldestVersion)}\n\n`,
      );
    }
    return action(session);
  });
}

async function openClient(options: OpenOptions): Promise<IpvsClient> {
  try {
    const { IpvsClient } = await import('../ipvs/client.js');
    return await IpvsClient.open(options);
  } catch (cause) {
    if (!(cause instanceof IpvsadmError)) throw cause;
    const known = cause instanceof FamilyMissingError || cause instanceof NetlinkError;
    const hint = known ? '\nAre you sure that IP Virtual Server is built in the kernel or as module?' : '';
    throw new CommandError(`Can't initialize ipvs: ${cause.message}${hint}`, ExitStatus.usage, { cause });
  }
}

async function runInvocation(session: Session, invocation: Invocation): Promise<number> {
  if (invocation.command === 'restore') {
    if (invocation.atomic) {
      const { restoreAtomically } = await import('./commands/restore-atomically.js');
      return restoreAtomically(session, runOther);
    }
    const { restore } = await import('./commands/restore.js');
    return restore(session, runOther);
  }
  const change = operationOf(invocation);
  if (change === undefined) await runOther(session, invocation);
  else await failWith(ExitStatus.refused, session.client.execute(change));
  return ExitStatus.ok;
}

/** Runs a command that changes nothing. */
async function runOther(session: Session, invocation: Invocation): Promise<void> {
  if (invocation.command === 'help' || invocation.command === 'version') {
    await runInformation(invocation.command, session.terminal);
  } else {
    await failWith(ExitStatus.listing, runListing(session, invocation));
  }
}

async function runListing(session: Session, invocation: Invocation): Promise<void> {
  if ('output' in invocation) {
    const { listFormatted } = await import('./commands/list-formatted.js');
    return listFormatted(session, invocation, invocation.output);
  }
  if (invocation.command === 'list-connections') {
    const { listConnections } = await import('./commands/connections.js');
    return listConnections(session, invocation);
  }
  if (invocation.command === 'save') {
    const { saveTable } = await import('./commands/save.js');
    return saveTable(session, invocation);
  }
  const { listDaemons, listTable, listTimeouts } = await import('./commands/list.js');
  if (invocation.command === 'list') return listTable(session, invocation);
  if (invocation.command === 'list-timeouts') return listTimeouts(session);
  return listDaemons(session);
}

async function runInformation(command: 'help' | 'version', terminal: Terminal): Promise<void> {
  if (command === 'version') showVersion(terminal);
  else await showHelp(terminal);
}

/** What the kernel or the connection to it refuses ends the command with this status. */
async function failWith<T>(exitStatus: number, outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (cause) {
    if (!(cause instanceof IpvsadmError) || cause instanceof CommandError) throw cause;
    throw new CommandError(cause.message, exitStatus, { cause });
  }
}

async function runWrapper(program: Program, kind: Exclude<ProgramKind, 'ipvsadm'>): Promise<number> {
  const { readWrapperArguments } = await import('./commands/wrappers.js');
  const { numeric, all, flush } = readWrapperArguments(kind, program.name, program.args);
  return withClassicSession(program, new NameService(), async (session) => {
    if (kind === 'ipvsadm-save') {
      await runOther(session, { command: 'save', numeric, all });
      return ExitStatus.ok;
    }
    const { clearAndRestore, replaceTable } = await import('./commands/replace.js');
    return flush ? clearAndRestore(session, runOther) : replaceTable(session, runOther);
  });
}
