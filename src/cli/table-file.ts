import { thresholdTrouble } from '../ipvs/validity.js';
import type {
  Destination,
  DestinationKey,
  Service,
  ServiceKey,
  SyncDaemon,
  Timeouts,
} from '../ipvs/model.js';
import type { NameLookup } from '../names/lookup.js';
import { NameService } from '../names/name-service.js';
import { destinationName, serviceName } from '../output/plain-names.js';
import { decodeJson, isJson } from '../rules/json/source.js';
import { readJsonTable } from '../rules/json/read-table.js';
import { RuleError, type SourcePlace } from '../rules/rule-error.js';
import { destinationId, serviceId, tableOf, type Table } from '../rules/table.js';
import { tokenise } from '../rules/tokenise.js';
import { CommandError, ExitStatus, NoCommandError, UsageError } from './errors.js';
import { parseAfterLookups } from './parse-names.js';
import { parseCommandLine } from './parse.js';
import { printable } from './printable.js';
import { mistakenWord, wordColumn } from './rule-place.js';
import type { Terminal } from './session.js';
import { readWholeFile } from './whole-text.js';

/** A file that says what the table is to be: rules as ipvsadm-save writes them, or JSON. */
export interface TableFile {
  /** The name as given, `standard input` for `-`. */
  readonly name: string;
  readonly form: 'rules' | 'json';
  readonly table: Table;
  /** The timeouts of its last `--set`; undefined where the file says nothing of them. */
  readonly timeouts: Timeouts | undefined;
  /** The sync daemons that it starts. */
  readonly daemons: readonly SyncDaemon[];
  /** Where a service, or a server of it, stands in the file. */
  placeOf(service: ServiceKey, destination?: DestinationKey): SourcePlace | undefined;
}

/** The text of a file, and its name for messages. */
export interface TableText {
  readonly name: string;
  /** A string of bytes. */
  readonly text: string;
}

/** Reads a file, standard input for `-`. Throws `CommandError`. */
export async function readTableText(terminal: Terminal, path: string): Promise<TableText> {
  const name = path === '-' ? 'standard input' : path;
  try {
    return {
      name,
      text: path === '-' ? (await terminal.readInput()).toString('latin1') : readWholeFile(bytesOf(path)),
    };
  } catch (cause) {
    const reason =
      cause instanceof Error
        ? cause.message.replace(/^[A-Z]+: |^Can't read standard input: |, (?:open|read)(?: '.*')?$/gs, '')
        : String(cause);
    throw new CommandError(`can't read ${printable(name)}: ${reason}`, ExitStatus.usage, { cause });
  }
}

/** A word of the command line as the bytes it was. */
function bytesOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/** Reads what a file says. Throws `CommandError` at the first trouble, with its place. */
export async function readTableFile(terminal: Terminal, path: string): Promise<TableFile> {
  const source = await readTableText(terminal, path);
  const { file, errors } = await parseTableText(source);
  const [first] = errors;
  if (first === undefined) return file;
  const more = errors.length === 1 ? '' : ` (and ${moreMistakes(errors, 1)}; ipvsadm check shows them)`;
  throw new CommandError(troubleText(source, first) + more, ExitStatus.usage, { cause: first });
}

/** `5 more`: the mistakes of a text beside those that are shown. */
export function moreMistakes({ length }: readonly RuleError[], shown: number): string {
  return `${length - shown} more${length === mostMistakes ? ', or many more' : ''}`;
}

/** `rules.txt:3:12: illegal weight specified` */
export function troubleText({ name }: TableText, { place, reason }: RuleError): string {
  return `${printable(name)}:${place.line}:${place.column}: ${printable(reason)}`;
}

/** `rules.txt:3` */
export function lineName({ name }: TableFile, { line }: SourcePlace): string {
  return `${printable(name)}:${line}`;
}

export interface ParsedTableText {
  readonly file: TableFile;
  /** In the order of their places, at most {@link mostMistakes}. Of a JSON text only the first is known. */
  readonly errors: readonly RuleError[];
}

/** Reads what a text says, as rules or JSON, and all that is wrong with it. */
export async function parseTableText(source: TableText): Promise<ParsedTableText> {
  if (isJson(source.text)) return parseJsonText(source);
  const names = new NameService();
  return parseAfterLookups(names, () => new RuleReader(source, names).read());
}

function parseJsonText({ name, text }: TableText): ParsedTableText {
  const empty: TableFile = {
    name,
    form: 'json',
    table: new Map(),
    timeouts: undefined,
    daemons: [],
    placeOf: () => undefined,
  };
  try {
    const { entries, timeouts, daemons, placeOf } = readJsonTable(decodeJson(text));
    const table = tableOf(entries);
    const file: TableFile = {
      name,
      form: 'json',
      table,
      timeouts,
      daemons,
      placeOf: (service, destination) => {
        const entry = table.get(serviceId(service));
        const item =
          destination === undefined ? entry?.service : entry?.destinations.get(destinationId(destination));
        return item === undefined ? undefined : placeOf(item);
      },
    };
    return { file, errors: [] };
  } catch (error) {
    if (error instanceof RuleError) return { file: empty, errors: [error] };
    throw error;
  }
}

/** After so many mistakes a text is not what it was taken for, and the rest is not read. */
const mostMistakes = 1000;

const ruleCommands = '-A, -a, --set and --start-daemon';

/** Reads rules line by line. */
class RuleReader implements TableFile {
  readonly name: string;
  readonly form = 'rules';
  readonly table: Table = new Map();
  readonly daemons: SyncDaemon[] = [];
  timeouts: Timeouts | undefined;
  readonly #text: string;
  readonly #names: NameLookup;
  readonly #lines = new Map<string, number>();
  readonly #errors: RuleError[] = [];
  #line = '';
  #number = 0;

  constructor({ name, text }: TableText, names: NameLookup) {
    this.name = name;
    this.#text = text;
    this.#names = names;
  }

  read(): ParsedTableText {
    for (const line of this.#text.split('\n')) {
      this.#line = line;
      this.#number++;
      const words = tokenise(line);
      if (words[0] === undefined || words[0].startsWith('#')) continue;
      this.#take(words);
      if (this.#errors.length === mostMistakes) break;
    }
    return { file: this, errors: this.#errors };
  }

  placeOf(service: ServiceKey, destination?: DestinationKey): SourcePlace | undefined {
    const line = this.#lines.get(idOf(service, destination));
    return line === undefined ? undefined : { line, column: 1 };
  }

  #take(words: readonly string[]): void {
    try {
      const invocation = parseCommandLine(words, 'ipvsadm', this.#names);
      if (invocation.command === 'add-service') {
        this.#addService(invocation.service);
      } else if (invocation.command === 'add-server') {
        this.#addServer(invocation.service, invocation.destination);
      } else if (invocation.command === 'set') {
        this.timeouts = invocation.timeouts;
      } else if (invocation.command === 'start-daemon') {
        this.#addDaemon(invocation.daemon);
      } else {
        this.#refuse(0, `a rule file has no ${words[0] ?? ''}, only ${ruleCommands}`);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const noCommand = error instanceof NoCommandError;
      this.#refuse(
        noCommand ? 0 : mistakenWord(words, error, this.#names),
        noCommand ? `a rule begins with ${ruleCommands}` : error.message.trimEnd(),
      );
    }
  }

  #addService(service: Service): void {
    const id = serviceId(service);
    const known = this.#lines.get(id);
    if (known !== undefined) {
      this.#refuse(0, `${serviceName(service)} stands in line ${known} already`);
      return;
    }
    this.#lines.set(id, this.#number);
    this.table.set(id, { service, destinations: new Map() });
  }

  #addServer(key: ServiceKey, destination: Destination): void {
    const entry = this.table.get(serviceId(key));
    if (entry === undefined) {
      // After an error this may be a mere consequence of it.
      if (this.#errors.length === 0) this.#refuse(0, `no -A for ${serviceName(key)} above this line`);
      return;
    }
    const known = this.#lines.get(idOf(key, destination));
    const trouble = thresholdTrouble(destination);
    if (known !== undefined) {
      this.#refuse(
        0,
        `${destinationName(destination)} in ${serviceName(key)} stands in line ${known} already`,
      );
    } else if (trouble !== undefined) {
      throw new UsageError(trouble.reason, ExitStatus.usage, 'l-threshold');
    } else {
      this.#lines.set(idOf(key, destination), this.#number);
      entry.destinations.set(destinationId(destination), destination);
    }
  }

  #addDaemon(daemon: SyncDaemon): void {
    if (this.daemons.some(({ state }) => state === daemon.state)) {
      this.#refuse(0, 'a second sync daemon of the same state');
    } else {
      this.daemons.push(daemon);
    }
  }

  #refuse(word: number, reason: string): void {
    this.#errors.push(new RuleError({ line: this.#number, column: wordColumn(this.#line, word) }, reason));
  }
}

function idOf(service: ServiceKey, destination: DestinationKey | undefined): string {
  return destination === undefined
    ? serviceId(service)
    : `${serviceId(service)} ${destinationId(destination)}`;
}
