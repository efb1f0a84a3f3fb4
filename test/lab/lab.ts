import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileLibrary } from './compile.ts';
import { GuestProcess } from './guest-process.ts';
import { type LabKernel, chooseKernel, howToInstall } from './kernel.ts';
import { processorTime } from './processor-time.ts';
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

const showEveryMs = 50;

/** One booted guest. Its root file system is the host's, so the checkout and every tool are there unchanged. */
export class Lab {
  /** The release of the guest's kernel. */
  readonly release: string;
  /** A folder that host and guest share, removed at the end. */
  readonly directory: string;
  private readonly guest: GuestProcess;
  private jobs = 0;
  private lastJob: Promise<unknown> = Promise.resolve();

  /** Use {@link bootLab}. */
  constructor(guest: GuestProcess, directory: string, release: string) {
    this.guest = guest;
    this.directory = directory;
    this.release = release;
  }

  /** Whether the guest still runs. */
  get isUp(): boolean {
    return this.guest.isRunning;
  }

  /**
   * Seconds of a processor that the guest has used. The guest itself can't tell: while its host does something else it
   * takes the time for its own.
   */
  processorTime(): number {
    return processorTime(Number(readFileSync(join(this.directory, 'uml', 'pid'), 'utf8')));
  }

  /** Runs a bash script as root in the guest. Scripts run one after another, in the order of the calls. */
  async run(script: string, options: JobOptions = {}): Promise<JobResult> {
    const result = this.lastJob.then(() => this.runNow(script, options));
    this.lastJob = result.catch(() => undefined);
    return result;
  }

  /** Shuts the guest down and removes its folder. */
  async powerOff(): Promise<void> {
    if (this.isUp) this.guest.send('stop');
    await this.guest.endWithin(5000);
  }

  /** Ends the guest at once. */
  async kill(): Promise<void> {
    await this.guest.endWithin(0);
  }

  private async runNow(script: string, options: JobOptions): Promise<JobResult> {
    const { timeoutMs = 300_000, onOutput } = options;
    this.jobs += 1;
    const number = this.jobs;
    const job = join(this.directory, 'queue', String(number));
    writeFileSync(`${job}.limit`, `${timeoutMs / 1000}\n`);
    writeFileSync(`${job}.sh`, script);
    let shown = 0;
    const show = (): void => {
      const text = existsSync(`${job}.stdout`) ? readFileSync(`${job}.stdout`, 'utf8') : '';
      if (text.length > shown) onOutput?.(text.slice(shown));
      shown = text.length;
    };
    const timer = onOutput ? setInterval(show, showEveryMs) : undefined;
    try {
      this.guest.send(String(number));
      const status = await this.guest.waitFor(`done ${number}`, timeoutMs + 30_000);
      if (onOutput) show();
      const stdout = readFileSync(`${job}.stdout`, 'utf8');
      return { status: Number(status), stdout, stderr: readFileSync(`${job}.stderr`, 'utf8') };
    } finally {
      clearInterval(timer);
    }
  }
}

/** Boots a guest and waits until it takes jobs. */
export async function bootLab(options: LabOptions = {}): Promise<Lab> {
  const { kernel = chooseKernel(), memory = '1G', bootTimeoutMs = 120_000 } = options;
  requireTools();
  const preload = preloadFor(kernel);
  const directory = mkdtempSync(join(tmpdir(), 'ipvsadm-lab-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'queue'));
  const here = join(projectRoot, 'test/lab');
  const init = join(directory, 'init');
  writeFileSync(init, initScript(here, directory, kernel), { mode: 0o755 });
  const root = ['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`];
  const console = ['con=null', 'con0=fd:0,fd:1', 'quiet', `uml_dir=${directory}/`, 'umid=uml'];
  const command = [...preload, kernel.binary, ...kernel.arguments, `mem=${memory}`, ...root, ...console];
  const guest = new GuestProcess(join(here, 'guard.sh'), directory, command);
  try {
    const release = await guest.waitFor('up', bootTimeoutMs);
    return new Lab(guest, directory, release);
  } catch (cause) {
    await guest.endWithin(0);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The lab's kernel ${kernel.binary} does not start: ${reason}\n${howToInstall()}`, {
      cause,
    });
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

/** A kernel that runs its processes by ptrace may need help with the registers of the newest processors. */
function preloadFor(kernel: LabKernel): string[] {
  const usesPtrace = !kernel.arguments.some((word) => word.startsWith('seccomp='));
  return usesPtrace ? ['env', `LD_PRELOAD=${compileLibrary('test/lab/wide-registers.c')}`] : [];
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
  const tools = ['ipvsadm', 'busybox', 'modprobe', 'ip', 'unshare', 'setpriv', 'socat', 'gcc'];
  const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const missing = tools.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  if (missing.length > 0) throw new Error(`Not installed: ${missing.join(', ')}.\n${howToInstall()}`);
  // The guest mounts a file system of its own there, and can't make the folder itself.
  mkdirSync('/lib/modules', { recursive: true });
}
