import { optimizeLater } from './cli/compilation-node.js';
import { runProgram, type ProgramKind } from './cli/run.js';
import type { Interruption, Terminal } from './cli/session.js';
import { waitForDescriptor } from './cli/waiting.js';
import { writeSome } from './cli/write-node.js';
import type { OpenOptions } from './ipvs/client.js';
import { errorText } from './netlink/errno.js';

/** Characters of output kept together for one write. */
const writeSize = 65_536;
/** Characters that come on top with the last piece of them; more gets a buffer of its own. */
const writeSlack = 16_384;
/** Some hundreds of rules. */
const longInput = 32_768;
/** Bytes that a character takes in UTF-8 at most. */
const longestEncoding = 3;
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
        this.exitStatus ??= signalStatus(name);
        this.#controller.abort();
      });
    }
  }
}

class StandardStreams implements Terminal {
  #pending = '';
  #output: Buffer | undefined;
  #interruption: SignalInterruption | undefined;

  get outputIsTerminal(): boolean {
    return isTerminal(1);
  }

  get errorIsTerminal(): boolean {
    return isTerminal(2);
  }

  interruption(): Interruption {
    this.#interruption ??= new SignalInterruption();
    return this.#interruption;
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= writeSize) this.flush();
  }

  writeBytes(bytes: Uint8Array): void {
    this.flush();
    writeWhole(1, bytes);
  }

  writeError(text: string): void {
    try {
      writeWhole(2, Buffer.from(text, 'latin1'));
    } catch {
      // There is no other place to tell it, and no reason to leave work half done.
    }
  }

  async readInput(): Promise<Buffer> {
    const { readWhole } = await import('./cli/whole-text.js');
    try {
      const input = readWhole(0);
      if (input.length >= longInput) optimizeLater();
      return input;
    } catch (cause) {
      throw new Error(`Can't read standard input: ${systemText(cause)}`, { cause });
    }
  }

  /** The bytes of a text, in a buffer that is used again. */
  #encode(text: string): Buffer {
    if (text.length > writeSize + writeSlack) return Buffer.from(text);
    this.#output ??= Buffer.allocUnsafeSlow(longestEncoding * (writeSize + writeSlack));
    return this.#output.subarray(0, this.#output.write(text));
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') writeWhole(1, this.#encode(text));
  }
}

/** What a shell says of a program that a signal has ended. */
function signalStatus(name: 'SIGINT' | 'SIGTERM' | 'SIGPIPE'): number {
  return shellSignalBase + process.getBuiltinModule('node:os').constants.signals[name];
}

/** Loaded when it is asked for: few commands want to know. */
function isTerminal(descriptor: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSome(descriptor, written === 0 ? bytes : bytes.subarray(written));
    } catch (error) {
      if (codeOf(error) === 'EPIPE') throw new ClosedPipe('nobody reads the output', { cause: error });
      try {
        waitForDescriptor(error);
      } catch (cause) {
        throw new Error(`Can't write to standard output: ${systemText(cause)}`, { cause });
      }
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What the C library says of a system error. */
function systemText(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return errorText(-error.errno);
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * The name the program was called by, for its messages. A script is told the path that was run, not the word that was
 * typed, so a path that is what a search of PATH for its last part finds is taken for that part alone.
 */
function calledName(kind: ProgramKind): string {
  const paths = process.getBuiltinModule('node:path');
  const resolved = process.argv[1] ?? kind;
  const name = paths.basename(resolved);
  const found = (process.env['PATH'] ?? '')
    .split(paths.delimiter)
    .some((folder) => paths.join(folder, name) === resolved);
  // Node makes the path absolute; the kernel still has it as it was.
  return found ? name : (commandLine().at(-1 - process.argv.slice(2).length) ?? resolved);
}

/** The words this process was started with, as strings of bytes. */
function commandLine(): string[] {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  return readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1);
}

/** The words after the program's name as strings of bytes. */
function argumentBytes(): string[] {
  const args = process.argv.slice(2);
  // Node replaces what is not UTF-8: only then the bytes are read anew.
  if (args.length > 0 && args.some((word) => word.includes('\ufffd'))) {
    return commandLine().slice(-args.length);
  }
  return args.map((word) =>
    Buffer.byteLength(word) === word.length ? word : Buffer.from(word).toString('latin1'),
  );
}

/** `IPVSADM_DEBUG=netlink` shows every datagram on standard error. */
async function openOptions(terminal: Terminal): Promise<OpenOptions> {
  if (process.env['IPVSADM_DEBUG'] !== 'netlink') return {};
  const { ipvsTracer } = await import('./ipvs/trace.js');
  return {
    tracer: ipvsTracer((line) => {
      terminal.writeError(`${line}\n`);
    }),
  };
}

async function main(kind: ProgramKind, name: string): Promise<number> {
  const streams = new StandardStreams();
  try {
    const status = await runProgram({
      kind,
      name,
      args: argumentBytes(),
      terminal: streams,
      openOptions: await openOptions(streams),
    });
    streams.flush();
    return status;
  } catch (error) {
    return endOf(error, kind, streams);
  }
}

/** Says what ended the program, behind what it has written before, and gives the exit status. */
function endOf(error: unknown, kind: ProgramKind, streams: StandardStreams): number {
  // What the original's shell reports when a closed pipe ends it.
  if (error instanceof ClosedPipe) return signalStatus('SIGPIPE');
  try {
    streams.flush();
  } catch {
    // The first error is the one to tell.
  }
  streams.writeError(`${kind}: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

/**
 * Runs one of the three programs with the arguments of this process, and ends the process. `name` is the one it was
 * called by.
 */
export function run(kind: ProgramKind, name = calledName(kind)): void {
  void main(kind, name).then((status) => {
    process.exit(status);
  });
}
