import type { StandInKernel } from './kernel.js';
import { hostsText, tableText } from './table.js';

const socketDescriptor = 90;
const firstFile = 100;
const socketPort = 4711;
const socketInode = 4712;
const folderMode = 0o40700;

/** Modules of Node that do nothing to the machine. */
const harmless: ReadonlySet<string> = new Set([
  'events',
  'node:events',
  'node:os',
  'node:path',
  'node:timers/promises',
  'node:tty',
  'os',
]);

/** A file that is read from its beginning to its end. */
class OpenFile {
  readonly size: number;
  #rest: Buffer;

  constructor(content: string) {
    this.#rest = Buffer.from(content, 'latin1');
    this.size = this.#rest.length;
  }

  read(bytes: Uint8Array, offset: number, length: number): number {
    const taken = this.#rest.subarray(0, length);
    bytes.set(taken, offset);
    this.#rest = this.#rest.subarray(taken.length);
    return taken.length;
  }
}

/**
 * All that a run of the program sees of the system but Node itself: a kernel, the files it looks at and its standard
 * streams. Nothing of the machine is read or changed: where there is no stand-in the run fails.
 */
export class StandInSystem {
  /** What was written to standard output and to standard error. */
  output = '';
  errors = '';
  readonly #kernel: StandInKernel;
  readonly #files: Readonly<Record<string, string>>;
  readonly #modules: Readonly<Record<string, unknown>>;
  readonly #open = new Map<number, OpenFile>();
  #nextDescriptor = firstFile;
  /** What is to be read from the socket's descriptor. */
  readonly #answers: Buffer[] = [];

  constructor(kernel: StandInKernel, commandLine: readonly string[], input: string) {
    this.#kernel = kernel;
    this.#open.set(0, new OpenFile(input));
    this.#files = {
      '/etc/hosts': hostsText(),
      '/etc/services': 'http 80/tcp\n',
      '/proc/net/ip_vs': tableText(),
      '/proc/self/cmdline': commandLine.map((word) => `${word}\0`).join(''),
      // Protocol, port and inode of the socket stand in columns 2, 3 and 10.
      '/proc/self/net/netlink': `sk 16 ${socketPort} 0 0 0 0 0 0 ${socketInode}\n`,
    };
    this.#modules = {
      'node:fs': this.#fileSystem(),
      // It locks the table with flock(1).
      'node:child_process': { spawnSync: () => ({ status: 0 }) },
      // V8 takes a compiled form only with the flags that it was made with.
      'node:v8': { setFlagsFromString: () => undefined },
    };
  }

  /** The module for a name, where `own` gives those of Node. Throws where there is neither a stand-in nor no harm. */
  module(name: string, own: (name: string) => unknown): unknown {
    if (name.startsWith('netlink/prebuilds/')) return { NativeNetlink: this.#socketClass() };
    const module = harmless.has(name) ? own(name) : this.#modules[name];
    if (module === undefined) throw new Error(`nothing stands in for ${name}`);
    return module;
  }

  /** The socket of the npm package `netlink`. */
  #socketClass(): unknown {
    const answer = (datagram: Uint8Array): Buffer[] => this.#kernel.answer(datagram);
    const nothing = (): void => undefined;
    type Receive = (datagram: Buffer, from: { readonly port: number }) => void;
    return class {
      readonly bind = nothing;
      readonly setRecvBufferSize = nothing;
      readonly ref = nothing;
      readonly unref = nothing;
      readonly close = nothing;
      readonly getRecvBufferSize = (): number => 1 << 20;
      readonly address = (): object => ({ port: socketPort });
      readonly #receive: Receive;

      constructor(_protocol: number, _size: number, receive: Receive) {
        this.#receive = receive;
      }

      send(_port: number, _groups: number, datagram: Uint8Array, done: () => void): void {
        const answers = answer(datagram);
        setImmediate(() => {
          done();
          for (const each of answers) this.#receive(each, { port: 0 });
        });
      }
    };
  }

  #fileSystem(): object {
    return {
      constants: {},
      openSync: (path: string): number => {
        this.#open.set(this.#nextDescriptor, new OpenFile(this.#content(path)));
        return this.#nextDescriptor++;
      },
      closeSync: (descriptor: number): void => {
        this.#open.delete(descriptor);
      },
      readSync: (descriptor: number, bytes: Uint8Array, offset: number, length: number): number => {
        if (descriptor !== socketDescriptor) return this.#file(descriptor).read(bytes, offset, length);
        const datagram = this.#answers.shift();
        if (datagram === undefined) throw systemError('EAGAIN', 'no answer is there');
        bytes.set(datagram, offset);
        return datagram.length;
      },
      writeSync: (descriptor: number, data: Uint8Array | string): number => {
        const bytes = Buffer.from(data as Uint8Array);
        if (descriptor === socketDescriptor) this.#answers.push(...this.#kernel.answer(bytes));
        else if (descriptor === 1) this.output += bytes.toString('latin1');
        else if (descriptor === 2) this.errors += bytes.toString('latin1');
        return bytes.length;
      },
      fstatSync: (descriptor: number): object => ({ size: this.#file(descriptor).size }),
      ftruncateSync: (): void => undefined,
      lstatSync: (): object => ({ isDirectory: () => true, uid: process.geteuid?.(), mode: folderMode }),
      mkdirSync: (): void => undefined,
      readdirSync: (): string[] => [String(socketDescriptor)],
      readFileSync: (path: string): string => this.#content(path),
      readlinkSync: (path: string): string =>
        path === `/proc/self/fd/${socketDescriptor}` ? `socket:[${socketInode}]` : 'net:[1]',
    };
  }

  #file(descriptor: number): OpenFile {
    const file = this.#open.get(descriptor);
    if (file === undefined) throw systemError('EBADF', `descriptor ${descriptor}`);
    return file;
  }

  #content(path: string): string {
    // Locks are files that it makes itself.
    const content = path.startsWith('/run/ipvsadm/') ? '' : this.#files[path];
    if (content === undefined) throw systemError('ENOENT', path);
    return content;
  }
}

function systemError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
