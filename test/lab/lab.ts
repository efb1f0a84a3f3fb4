import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LabKernel, chooseKernel, howToInstall } from './kernel.ts';
import { projectRoot } from './project.ts';

export interface LabOptions {
  readonly kernel?: LabKernel;
  /** As the kernel's `mem=` takes it. */
  readonly memory?: string;
  readonly bootTimeoutMs?: number;
}

export interface JobOptions {
  /** After this time the job is ended in the guest; its status is 124 then. */
  readonly timeoutMs?: number;
  /** Called with each new piece of standard output while the job runs. */
  readonly onOutput?: (text: string) => void;
}

export interface JobResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const pollMs = 10;

/** One booted guest. Its root file system is the host's, so the checkout and every tool are there unchanged. */
export class Lab {
  /** The release of the guest's kernel. */
  release = '';
  /** A folder that host and guest share, removed at the end. */
  readonly directory: string;
  private readonly guard: ChildProcess;
  private readonly ended: Promise<void>;
  private isEnded = false;
  private jobs = 0;

  /** Use {@link bootLab}. */
  constructor(guard: ChildProcess, directory: string) {
    this.guard = guard;
    this.directory = directory;
    this.ended = new Promise((resolve, reject) => {
      guard.once('error', reject);
      guard.once('exit', () => {
        this.isEnded = true;
        resolve();
      });
    });
  }

  /** Whether the guest still runs. */
  get isUp(): boolean {
    return !this.isEnded;
  }

  /** Runs a bash script as root in the guest. Scripts run one after another, in the order of the calls. */
  async run(script: string, options: JobOptions = {}): Promise<JobResult> {
    const { timeoutMs = 60_000, onOutput } = options;
    this.jobs += 1;
    const job = join(this.directory, 'queue', String(this.jobs));
    writeFileSync(`${job}.limit`, `${timeoutMs / 1000}\n`);
    writeFileSync(`${job}.new`, script);
    renameSync(`${job}.new`, `${job}.sh`);
    const deadline = Date.now() + timeoutMs + 30_000;
    let shown = 0;
    for (;;) {
      const status = readIfThere(`${job}.status`);
      if (onOutput) {
        const text = readIfThere(`${job}.stdout`);
        if (text.length > shown) onOutput(text.slice(shown));
        shown = text.length;
      }
      if (status.endsWith('\n')) {
        return {
          status: Number(status),
          stdout: readIfThere(`${job}.stdout`),
          stderr: readIfThere(`${job}.stderr`),
        };
      }
      if (this.isEnded) throw new Error('The lab ended while a job was running in it');
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(`The lab did not answer within 30 s after a job's time limit of ${timeoutMs} ms`);
      }
      await sleep(pollMs);
    }
  }

  /** Shuts the guest down and removes its folder. */
  async powerOff(): Promise<void> {
    if (this.isEnded) return;
    writeFileSync(join(this.directory, 'stop'), '');
    const timer = setTimeout(() => this.guard.stdin?.end(), 5000);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the guest at once. */
  async kill(): Promise<void> {
    this.guard.stdin?.end();
    await this.ended;
  }
}

/** Boots a guest and waits until it takes jobs. */
export async function bootLab(options: LabOptions = {}): Promise<Lab> {
  const { kernel = chooseKernel(), memory = '1G', bootTimeoutMs = 60_000 } = options;
  requireTools();
  const directory = mkdtempSync(join(tmpdir(), 'ipvsadm-lab-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'queue'));
  const here = join(projectRoot, 'test/lab');
  const init = join(directory, 'init');
  writeFileSync(init, initScript(here, directory, kernel), { mode: 0o755 });
  const guard = spawn('bash', [join(here, 'guard.sh'), directory, kernel.binary, ...bootArguments()], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const lab = new Lab(guard, directory);
  let consoleText = '';
  const deadline = Date.now() + bootTimeoutMs;
  while (lab.isUp && Date.now() < deadline) {
    await sleep(pollMs);
    const release = readIfThere(join(directory, 'up'));
    if (release.endsWith('\n')) {
      lab.release = release.trim();
      return lab;
    }
    consoleText = readIfThere(join(directory, 'console')) || consoleText;
  }
  const reason = lab.isUp ? `was not up after ${bootTimeoutMs} ms` : 'ended before it was up';
  await lab.kill();
  throw new Error(
    `The lab's kernel ${kernel.binary} ${reason}.\n${lastLines(consoleText)}\n${howToInstall()}`,
  );

  function bootArguments(): string[] {
    const root = ['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`];
    const quiet = ['con=null', 'con0=null,fd:1', 'quiet', `uml_dir=${directory}/`, 'umid=uml'];
    return [...kernel.arguments, `mem=${memory}`, ...root, ...quiet];
  }
}

/** Boots a guest, runs one script in it and powers it off. */
export async function runInLab(script: string, options: LabOptions & JobOptions = {}): Promise<JobResult> {
  const lab = await bootLab(options);
  try {
    return await lab.run(script, options);
  } finally {
    await lab.powerOff();
  }
}

/** A word as bash reads it back unchanged. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function initScript(here: string, directory: string, kernel: LabKernel): string {
  const path = [dirname(process.execPath), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  const settings = {
    PATH: path,
    LAB_DIRECTORY: directory,
    LAB_MODULES: kernel.modules,
    LAB_HOSTS: join(here, 'hosts'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  return ['#!/bin/bash', ...lines, `exec bash ${shellQuote(join(here, 'init.sh'))}`, ''].join('\n');
}

function requireTools(): void {
  const missing = ['/usr/sbin/ipvsadm', '/usr/bin/busybox', '/sbin/modprobe', '/sbin/ip', '/usr/bin/timeout']
    .filter((tool) => !existsSync(tool) && !existsSync(tool.replace('/usr', '')))
    .join(', ');
  if (missing !== '') throw new Error(`Missing: ${missing}.\n${howToInstall()}`);
  // The guest mounts a file system of its own there, and can't make the folder itself.
  mkdirSync('/lib/modules', { recursive: true });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function lastLines(text: string): string {
  return text.split('\n').slice(-25).join('\n');
}
