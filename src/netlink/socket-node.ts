import { readSync, writeSync } from 'node:fs';
import { RawNetlinkSocket } from 'netlink/dist/raw.js';
import { findDescriptor } from './descriptor.js';
import { SocketError } from './errors.js';
import { receiveTimeout, type NetlinkSocket, type OpenSocket } from './socket.js';

// Listings come in datagrams of this size, everything else is smaller. For each datagram it reads the package
// takes and clears a buffer of this size, which costs more than what larger datagrams save.
const datagramSize = 8192;
// Read with the system's own call, they may be as large as the kernel makes them.
const directDatagramSize = 32_768;
// To find the descriptor costs as much as this many passes through the package.
const packageSends = 4;
// So often a long row of requests lets others have their turn.
const sendsAtOnce = 64;
// The kernel cuts it to twice net.core.rmem_max. More than this a batch of requests never needs.
const receiveBufferSize = 1 << 20;

interface Waiting {
  readonly resolve: (datagram: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a netlink socket with the npm package `netlink`. Throws `SocketError`. */
export const openSocket: OpenSocket = (protocol) => new NodeSocket(protocol);

// The kernel answers within the call that sends: long rows of requests pass by the package and its two turns of the
// event loop each, and use its descriptor, once it is found. Should an answer not be there, it comes by the package.
//
// Promises are settled in setImmediate, never within a call from the package: what runs there and throws would
// end the process with an abort instead of Node's report.
class NodeSocket implements NetlinkSocket {
  readonly receiveCapacity: number;
  readonly #raw: RawNetlinkSocket;
  readonly #protocol: number;
  /** Made when an answer has to be waited for, which is rare: the kernel answers within the call that sends. */
  #timer: NodeJS.Timeout | undefined;
  #sends = 0;
  /** The socket's file descriptor; undefined as long as it is not looked for, and where it is not found. */
  #descriptor: number | undefined;
  #buffer: Buffer | undefined;
  /** The first bytes of the buffer by their number: many datagrams have the same length. */
  readonly #parts: Record<number, Uint8Array> = {};
  #queue: Uint8Array[] = [];
  #head = 0;
  #waiting: Waiting | undefined;
  #sending: Waiting['reject'] | undefined;
  #failure: SocketError | undefined;

  constructor(protocol: number) {
    try {
      this.#raw = new RawNetlinkSocket(protocol, {
        localPort: 0,
        messagePeeking: false,
        msgBufferSize: datagramSize,
        recvBufferSize: receiveBufferSize,
        sendBufferSize: 0,
      });
    } catch (cause) {
      throw systemError("Can't open a netlink socket", cause);
    }
    this.#protocol = protocol;
    this.receiveCapacity = this.#raw.getRecvBufferSize();
    this.#raw.unref();
    this.#raw.on('message', (datagram, { port }) => {
      if (port === 0) this.#arrived(datagram);
    });
    this.#raw.on('truncatedMessage', (datagram, { port, truncated }) => {
      if (port === 0) this.#fail(SocketError.truncated(truncated ?? 0, datagram.length));
    });
    this.#raw.on('error', (cause) => {
      // When answers overflow the buffer the package sees an error without a name (EBADF); its 0.3.0 can even
      // abort the process. Those who send must not ask for more answers than fit.
      const lost = cause.code === 'ENOBUFS' || cause.code === 'EBADF';
      this.#fail(
        lost ? SocketError.answersLost({ cause }) : systemError("Can't read the kernel's answer", cause),
      );
    });
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#sends++;
    if (this.#sends === packageSends)
      this.#descriptor = findDescriptor(this.#protocol, this.#raw.address().port);
    if (this.#sends % sendsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    if (!this.#sentDirectly(bytes)) await this.#sendByPackage(bytes);
  }

  #sendByPackage(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sending = reject;
      this.#raw.send(bytes, undefined, (cause) => {
        setImmediate(() => {
          this.#sending = undefined;
          if (cause === undefined) resolve();
          else reject(systemError("Can't send to the kernel", cause));
        });
      });
    });
  }

  receive(): Promise<Uint8Array> {
    const datagram = this.#take() ?? this.#readDirectly();
    if (datagram !== undefined) return Promise.resolve(datagram);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#startTimer();
      this.#raw.ref();
    });
  }

  #startTimer(): void {
    if (this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      if (this.#waiting !== undefined) this.#fail(SocketError.timeout(receiveTimeout));
    }, receiveTimeout).unref();
  }

  /** False where only the package can send, or tell why not. */
  #sentDirectly(bytes: Uint8Array): boolean {
    if (this.#failure !== undefined || this.#descriptor === undefined) return false;
    try {
      return writeSync(this.#descriptor, bytes) === bytes.length;
    } catch {
      return false;
    }
  }

  /** The next datagram; undefined where there is none yet, or it can't be read. */
  #readDirectly(): Uint8Array | undefined {
    if (this.#failure !== undefined || this.#descriptor === undefined) return undefined;
    this.#buffer ??= Buffer.allocUnsafeSlow(directDatagramSize);
    try {
      const length = readSync(this.#descriptor, this.#buffer, 0, directDatagramSize, null);
      return (this.#parts[length] ??= this.#buffer.subarray(0, length));
    } catch (cause) {
      const code = codeOf(cause);
      if (code === 'ENOBUFS') this.#fail(SocketError.answersLost({ cause }));
      else if (code !== 'EAGAIN') this.#fail(systemError("Can't read the kernel's answer", cause));
      return undefined;
    }
  }

  close(): void {
    this.#fail(SocketError.closed());
  }

  #arrived(datagram: Uint8Array): void {
    this.#queue.push(datagram);
    if (this.#waiting !== undefined && this.#queue.length === 1) setImmediate(this.#wake);
  }

  readonly #wake = (): void => {
    const waiting = this.#waiting;
    const datagram = waiting === undefined ? undefined : this.#take();
    if (waiting === undefined || datagram === undefined) return;
    this.#waiting = undefined;
    this.#raw.unref();
    waiting.resolve(datagram);
  };

  #take(): Uint8Array | undefined {
    const datagram = this.#queue[this.#head];
    if (datagram === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    return datagram;
  }

  /** The first failure is final: after it nobody knows which answers are still to come. */
  #fail(error: SocketError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    // The number may soon be another file's.
    this.#descriptor = undefined;
    const waiting = this.#waiting;
    const sending = this.#sending;
    this.#waiting = undefined;
    this.#sending = undefined;
    this.#raw.close();
    if (waiting === undefined && sending === undefined) return;
    setImmediate(() => {
      sending?.(error);
      waiting?.reject(error);
    });
  }
}

function systemError(what: string, cause: unknown): SocketError {
  return new SocketError(
    codeOf(cause) ?? 'ERR_SOCKET',
    `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
    },
  );
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
