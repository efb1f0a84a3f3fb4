import { RawNetlinkSocket } from 'netlink/dist/raw.js';
import { SocketError } from './errors.js';
import { receiveTimeout, type NetlinkSocket, type OpenSocket } from './socket.js';

// Listings come in datagrams of this size, everything else is smaller. For each datagram it reads the package
// takes and clears a buffer of this size, which costs more than what larger datagrams save.
const datagramSize = 8192;
// The kernel cuts it to twice net.core.rmem_max. More than this a batch of requests never needs.
const receiveBufferSize = 1 << 20;

interface Waiting {
  readonly resolve: (datagram: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a netlink socket with the npm package `netlink`. Throws `SocketError`. */
export const openSocket: OpenSocket = (protocol) => new NodeSocket(protocol);

// Promises are settled in setImmediate, never within a call from the package: what runs there and throws would
// end the process with an abort instead of Node's report.
class NodeSocket implements NetlinkSocket {
  readonly receiveCapacity: number;
  readonly #raw: RawNetlinkSocket;
  readonly #timer: NodeJS.Timeout;
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
    this.#timer = setTimeout(() => {
      if (this.#waiting !== undefined) this.#fail(SocketError.timeout(receiveTimeout));
    }, receiveTimeout).unref();
  }

  send(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
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
    const datagram = this.#take();
    if (datagram !== undefined) return Promise.resolve(datagram);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#timer.refresh();
      this.#raw.ref();
    });
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
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    const sending = this.#sending;
    this.#waiting = undefined;
    this.#sending = undefined;
    this.#raw.close();
    setImmediate(() => {
      sending?.(error);
      waiting?.reject(error);
    });
  }
}

function systemError(what: string, cause: unknown): SocketError {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'ERR_SOCKET';
  return new SocketError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
