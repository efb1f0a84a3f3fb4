// Runs many command lines in one process, each as the program would: this saves the start of a process for each.
// argv: a JSON file of sequences, the file to write, and the folder of the tests of conformance.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { runProgram } from '../../../src/cli/run.js';
import type { Interruption, Terminal } from '../../../src/cli/session.js';
import type { StepOutput } from '../../conformance/case.ts';
import type { FuzzCommand, FuzzSequence } from '../command.ts';

class MemoryTerminal implements Terminal {
  readonly outputIsTerminal = false;
  readonly errorIsTerminal = false;
  stdout = '';
  stderr = '';
  readonly #input: string;

  constructor(input: string) {
    this.#input = input;
  }

  write(text: string): void {
    this.stdout += text;
  }

  writeBytes(bytes: Uint8Array): void {
    this.stdout += Buffer.from(bytes).toString();
  }

  writeError(text: string): void {
    this.stderr += text;
  }

  flush(): void {
    // Everything is there at once.
  }

  interruption(): Interruption {
    return { signal: new AbortController().signal, exitStatus: undefined };
  }

  readInput(): Promise<Buffer> {
    return Promise.resolve(Buffer.from(this.#input, 'latin1'));
  }
}

async function runCommand({ words, input = '' }: FuzzCommand): Promise<StepOutput> {
  const terminal = new MemoryTerminal(input);
  const program = { kind: 'ipvsadm', name: 'ipvsadm', args: words, terminal, openOptions: {} } as const;
  let status: number;
  try {
    status = await runProgram(program);
  } catch (error) {
    terminal.writeError(`ipvsadm: ${error instanceof Error ? error.message : String(error)}\n`);
    status = 1;
  }
  // Standard output is written as UTF-8 and compared byte by byte.
  return { stdout: Buffer.from(terminal.stdout).toString('latin1'), stderr: terminal.stderr, status };
}

const [sequencesFile = '', outputFile = '', endOfSequence = ''] = process.argv.slice(2);
const outputs: StepOutput[][] = [];
for (const sequence of JSON.parse(readFileSync(sequencesFile, 'utf8')) as FuzzSequence[]) {
  const steps: StepOutput[] = [];
  for (const command of sequence) steps.push(await runCommand(command));
  const { stdout, stderr, status } = spawnSync('/bin/bash', [endOfSequence], { encoding: 'latin1' });
  outputs.push([...steps, { stdout, stderr, status: status ?? -1 }]);
}
writeFileSync(outputFile, JSON.stringify(outputs));
