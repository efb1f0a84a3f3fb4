import { UnresolvedHost } from '../names/lookup.js';
import { isJson } from '../rules/json/source.js';
import { tokenise } from '../rules/tokenise.js';
import { CommonRules, lineEnd } from './common-rules.js';
import { CommandError, ExitStatus, NoCommandError, UsageError } from './errors.js';
import type { Invocation } from './invocation.js';
import { parseCommandLine } from './parse.js';
import { printable } from './printable.js';
import type { Session, Terminal } from './session.js';

const dash = 0x2d;

/** A line of rules. */
export interface RuleLine {
  /** From 1, blank lines and comments counted. */
  readonly number: number;
  readonly invocation: Invocation;
}

/** All of standard input. Throws {@link CommandError} when it can't be read. */
export async function readInput(terminal: Terminal): Promise<Buffer> {
  try {
    return await terminal.readInput();
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), ExitStatus.usage, {
      cause,
    });
  }
}

/**
 * Reads rules, each line a command line of its own, or their JSON form. Every line is checked before anything is done:
 * the first bad one is told by a {@link UsageError} that names it.
 */
export async function readRules(
  { names, programName }: Pick<Session, 'names' | 'programName'>,
  input: Buffer,
): Promise<RuleLine[]> {
  // Rules mostly begin with a command, JSON never does.
  const text = input[0] === dash ? '' : input.toString('latin1');
  if (isJson(text)) {
    const { readJsonRules } = await import('./json-rules.js');
    return readJsonRules(text);
  }
  const reader = new RuleReader(input, programName, (words) => parseCommandLine(words, programName, names));
  for (let hosts = reader.read(); hosts.size > 0; hosts = reader.readAgain()) await names.resolveHosts(hosts);
  return reader.lines();
}

/** A message that repeats words of the rules; some messages of the original end with an empty line. */
function printableLines(message: string): string {
  return message.split('\n').map(printable).join('\n');
}

/** A line that waits for host names to be looked up. */
interface Waiting {
  readonly place: number;
  readonly number: number;
  readonly words: readonly string[];
}

type ParseWords = (words: readonly string[]) => Invocation;

/** What a line of a common form says. */
function commonInvocation(common: CommonRules, start: number, end: number): Invocation | undefined {
  const rule = common.read(start, end);
  if (rule === undefined || common.key === undefined) return undefined;
  if (rule === 'add-service') return { command: rule, service: common.service(common.key) };
  return { command: rule, service: common.key, destination: common.destination() };
}

class RuleReader {
  readonly #bytes: Buffer;
  readonly #parse: ParseWords;
  readonly #programName: string;
  readonly #lines: (RuleLine | undefined)[] = [];
  readonly #waiting: Waiting[] = [];
  #error: { readonly number: number; readonly error: unknown } | undefined;

  constructor(bytes: Buffer, programName: string, parse: ParseWords) {
    this.#bytes = bytes;
    this.#programName = programName;
    this.#parse = parse;
  }

  /** Reads up to the first bad line, and returns the host names that have to be looked up first. */
  read(): Set<string> {
    const bytes = this.#bytes;
    const hosts = new Set<string>();
    const common = new CommonRules(bytes);
    let number = 0;
    for (let start = 0; start < bytes.length && this.#error === undefined;) {
      const end = lineEnd(bytes, start);
      number++;
      const from = start;
      start = end + 1;
      const invocation = commonInvocation(common, from, end);
      if (invocation !== undefined) {
        this.#lines.push({ number, invocation });
        continue;
      }
      const words = tokenise(bytes.toString('latin1', from, end));
      if (words.length === 0) continue;
      this.#lines.push(undefined);
      this.#readLine({ place: this.#lines.length - 1, number, words }, hosts);
    }
    return hosts;
  }

  /** Reads the lines again that wait for host names. */
  readAgain(): Set<string> {
    const hosts = new Set<string>();
    for (const line of this.#waiting.splice(0)) this.#readLine(line, hosts);
    return hosts;
  }

  /** The lines, all of them good. */
  lines(): RuleLine[] {
    if (this.#error !== undefined) throw this.#error.error;
    return this.#lines.filter((line) => line !== undefined);
  }

  #readLine(line: Waiting, hosts: Set<string>): void {
    const { place, number, words } = line;
    try {
      const invocation = this.#parse(words);
      if (invocation.command === 'restore') throw new NoCommandError(this.#programName);
      this.#lines[place] = { number, invocation };
    } catch (error) {
      if (error instanceof UnresolvedHost) {
        hosts.add(error.host);
        this.#waiting.push(line);
      } else if (this.#error === undefined || number < this.#error.number) {
        const isUsage = error instanceof UsageError;
        this.#error = {
          number,
          error: isUsage ? new UsageError(`line ${number}: ${printableLines(error.message)}`) : error,
        };
      }
    }
  }
}
