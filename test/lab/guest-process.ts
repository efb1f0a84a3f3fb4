import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

const keptConsole = 20_000;

interface Waiting {
  readonly word: string;
  readonly resolve: (rest: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The process of a guest's kernel, under a guard that ends it when this process ends. Its console is the
 * conversation: lines go in, and lines `lab: WORD REST` come out.
 */
export class GuestProcess {
  private readonly guard: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly waiting = new Set<Waiting>();
  private running = true;
  private consoleText = '';
  private partialLine = '';

  constructor(guardScript: string, directory: string, command: readonly string[]) {
    this.guard = spawn('bash', [guardScript, directory, ...command], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    });
    this.ended = new Promise((resolve, reject) => {
      this.guard.once('error', reject);
      this.guard.once('exit', () => {
        this.running = false;
        for (const { reject: fail } of this.waiting) fail(new Error(`the guest ended.\n${this.lastLines()}`));
        resolve();
      });
    });
    const output = this.guard.stdout as Readable;
    output.setEncoding('utf8').on('data', (text: string) => {
      this.hear(text);
    });
    // Writing to a guest that has just ended is no error of its own: its end is reported.
    this.input.on('error', () => undefined);
    this.lifeline.on('error', () => undefined);
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** Sends a line. */
  send(line: string): void {
    if (!this.running) throw new Error('The guest has ended');
    this.input.write(`${line}\n`);
  }

  /** Waits for a line that starts with the words given and returns what follows them. */
  async waitFor(word: string, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`no "${word}" within ${timeoutMs} ms.\n${this.lastLines()}`));
      }, timeoutMs);
      const finish = (): void => {
        clearTimeout(timer);
        this.waiting.delete(entry);
      };
      const entry: Waiting = {
        word,
        resolve: (rest) => {
          finish();
          resolve(rest);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      this.waiting.add(entry);
    });
  }

  /** Lets the guest end by itself for the time given, then ends it. */
  async endWithin(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.lifeline.end(), timeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  private get input(): Writable {
    return this.guard.stdin as Writable;
  }

  /** The guard kills the guest when this pipe closes. */
  private get lifeline(): Writable {
    return this.guard.stdio[3] as Writable;
  }

  private hear(text: string): void {
    this.consoleText = (this.consoleText + text).slice(-keptConsole);
    const lines = (this.partialLine + text).split('\n');
    this.partialLine = lines.pop() ?? '';
    for (const line of lines) {
      const said = /^lab: (?<said>.*?)\r?$/.exec(line)?.groups?.['said'];
      if (said === undefined) continue;
      for (const { word, resolve } of this.waiting) {
        if (said.startsWith(`${word} `)) resolve(said.slice(word.length + 1));
      }
    }
  }

  private lastLines(): string {
    return this.consoleText.split('\n').slice(-25).join('\n');
  }
}
