import { readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { isatty } from 'node:tty';
import { runProgram, type ProgramKind } from './cli/run.js';
import type { Interruption, Terminal } from './cli/session.js';

/** Characters of output kept together for one write. */
const writeSize = 65_536;
/** How long to wait before writing again to a full pipe that does not block, in milliseconds. */
const retryDelay = 5;
const shellSignalBase = 128;

/** Thrown where nobody reads what is written. */
class ClosedPipe extends Error {}

class SignalInterruption implements Interruption {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  exitStatus: number | undefined;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        this.exitStatus ??= shellSignalBase + constants.signals[name];
        this.#controller.abort();
      });
    }
  }
}

class StandardStreams implements Terminal {
  #pending = '';
  #interruption: SignalInterruption | undefined;

  get outputIsTerminal(): boolean {
    return isatty(1);
  }

  get errorIsTerminal(): boolean {
    return isatty(2);
  }

  interruption(): Interruption {
    this.#interruption ??= new SignalInterruption();
    return this.#interruption;
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= writeSize) this.flush();
  }

  writeError(text: string): void {
    if (text !== '') writeWhole(2, Buffer.from(text, 'latin1'));
  }

  readInput(): Promise<string> {
    return Promise.resolve(readFileSync(0, 'latin1'));
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') writeWhole(1, Buffer.from(text));
  }
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') throw new ClosedPipe('nobody reads the output', { cause: error });
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryDelay);
    }
  }
}

/**
 * The name the program was called by. A script is not told it, so a path that is what a search of PATH for its last
 * part finds is taken for that part alone.
 */
function calledName(kind: ProgramKind): string {
  const path = process.argv[1] ?? kind;
  const name = basename(path);
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => join(folder, name) === path);
  return found ? name : path;
}

/** The words after the program's name as strings of bytes. */
function argumentBytes(): string[] {
  const args = process.argv.slice(2);
  // Node replaces what is not UTF-8: only then the bytes are read anew.
  if (args.length > 0 && args.some((word) => word.includes('\ufffd'))) {
    return readFileSync('/proc/self/cmdline', 'latin1')
      .split('\0')
      .slice(-1 - args.length, -1);
  }
  return args.map((word) => (/^[\0-\x7f]*$/.test(word) ? word : Buffer.from(word).toString('latin1')));
}

async function main(kind: ProgramKind): Promise<number> {
  const streams = new StandardStreams();
  try {
    const status = await runProgram({
      kind,
      name: calledName(kind),
      args: argumentBytes(),
      terminal: streams,
      openOptions: {},
    });
    streams.flush();
    return status;
  } catch (error) {
    // What the original's shell reports when a closed pipe ends it.
    if (error instanceof ClosedPipe) return shellSignalBase + constants.signals.SIGPIPE;
    streams.writeError(`${kind}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Runs one of the three programs with the arguments of this process, and ends the process. */
export function run(kind: ProgramKind): void {
  void main(kind).then((status) => {
    process.exit(status);
  });
}
