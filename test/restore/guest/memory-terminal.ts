import type { Interruption, Terminal } from '../../../src/cli/session.js';

/** Takes the place of the standard streams. */
export class MemoryTerminal implements Terminal {
  readonly outputIsTerminal = false;
  readonly errorIsTerminal = false;
  output = '';
  errors = '';
  private readonly input: string;

  constructor(input: string) {
    this.input = input;
  }

  write(text: string): void {
    this.output += text;
  }

  writeBytes(bytes: Uint8Array): void {
    this.output += Buffer.from(bytes).toString();
  }

  writeError(text: string): void {
    this.errors += text;
  }

  flush(): void {
    // Everything is there at once.
  }

  interruption(): Interruption {
    return { signal: new AbortController().signal, exitStatus: undefined };
  }

  readInput(): Promise<Buffer> {
    return Promise.resolve(Buffer.from(this.input, 'latin1'));
  }
}
