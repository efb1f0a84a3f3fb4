import { ptr } from 'bun:ffi';
import { errorCode, errorText } from './errno.js';
import { SocketError } from './errors.js';
import { bindLibc, errnoAt, errnoLocation } from './libc-bun.js';
import { receiveTimeout, type NetlinkSocket, type OpenSocket } from './socket.js';
import { littleEndian } from './writer.js';

const functions = {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  send: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64_fast' },
  recvmmsg: { args: ['i32', 'ptr', 'u32', 'i32', 'ptr'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  __errno_location: errnoLocation,
} as const;

// The numbers that x86-64 and AArch64 share, from the C library's and the kernel's headers.
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const MSG_TRUNC = 0x20;
const MSG_WAITFORONE = 0x10000;
const EINTR = 4;
const EAGAIN = 11;
const ENOBUFS = 105;

// The kernel fills listings into datagrams as large as the reader's buffer, up to about this. The datagram that
// ends a listing comes with the one before it.
const datagramSize = 32_768;
const datagramsAtOnce = 2;
// Room for the answers to a whole batch, should all of it be refused.
const receiveBufferSize = 1 << 20;

// `struct msghdr` and `struct mmsghdr` of a 64-bit C library.
const messageHeaderSize = 64;
const vectorSize = 16;
const flagsOffset = 48;
const lengthOffset = 56;

type Libc = ReturnType<typeof bindLibc<typeof functions>>;

let loaded: Libc | undefined;

function libc(): Libc {
  try {
    loaded ??= bindLibc(functions);
    return loaded;
  } catch (cause) {
    throw new SocketError('ERR_SOCKET_LIBRARY', "Can't reach the C library's socket functions", { cause });
  }
}

/** Opens a netlink socket with the C library's calls, which wait for the kernel. Throws `SocketError`. */
export const openSocket: OpenSocket = (protocol) => new BunSocket(libc(), protocol);

class BunSocket implements NetlinkSocket {
  readonly receiveCapacity: number;
  readonly #libc: Libc;
  #descriptor: number;
  /** One block of memory, used again for each read: datagrams, then their headers and vectors. */
  readonly #memory = new ArrayBuffer(datagramsAtOnce * (datagramSize + messageHeaderSize + vectorSize));
  readonly #view = new DataView(this.#memory);
  readonly #headers = new Uint8Array(this.#memory, datagramsAtOnce * datagramSize);
  /** The bytes given out latest, by place: many datagrams have the same length. */
  readonly #latest: Uint8Array[] = [];
  #filled = 0;
  #next = 0;

  constructor(symbols: Libc, protocol: number) {
    this.#libc = symbols;
    this.#descriptor = symbols.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (this.#descriptor < 0) throw this.#failure("Can't open a netlink socket");
    this.#layOut();
    try {
      // Connected to the kernel, the socket takes messages from nobody else.
      this.#check(symbols.connect(this.#descriptor, Int16Array.of(AF_NETLINK, 0, 0, 0, 0, 0), 12));
      const timeout = BigInt64Array.of(BigInt(receiveTimeout / 1000), 0n);
      this.#check(symbols.setsockopt(this.#descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.byteLength));
      this.receiveCapacity = this.#enlargeBuffer();
    } catch (error) {
      this.close();
      throw error;
    }
    // Kernels before 4.3 and 4.12 don't know them and do well without.
    this.#set(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    this.#set(SOL_NETLINK, NETLINK_EXT_ACK, 1);
  }

  send(bytes: Uint8Array): Promise<void> {
    try {
      this.#open();
      this.#retry(
        () => this.#libc.send(this.#descriptor, bytes, bytes.length, 0),
        "Can't send to the kernel",
      );
    } catch (error) {
      return Promise.reject(asError(error));
    }
    return settled;
  }

  receive(): Promise<Uint8Array> {
    try {
      this.#open();
      if (this.#next === this.#filled) this.#fill();
      return Promise.resolve(this.#datagram(this.#next++));
    } catch (error) {
      // The first failure is final: after it nobody knows which answers are still to come.
      this.close();
      return Promise.reject(asError(error));
    }
  }

  close(): void {
    if (this.#descriptor < 0) return;
    this.#libc.close(this.#descriptor);
    this.#descriptor = -1;
  }

  #open(): void {
    if (this.#descriptor < 0) throw SocketError.closed();
  }

  /** Waits for a datagram and takes along what else is there. */
  #fill(): void {
    this.#next = 0;
    this.#filled = 0;
    this.#filled = this.#retry(
      () => this.#libc.recvmmsg(this.#descriptor, this.#headers, datagramsAtOnce, MSG_WAITFORONE, null),
      "Can't read the kernel's answer",
    );
  }

  #datagram(index: number): Uint8Array {
    const header = this.#headerAt(index);
    const length = this.#view.getUint32(header + lengthOffset, littleEndian);
    if ((this.#view.getUint32(header + flagsOffset, littleEndian) & MSG_TRUNC) !== 0) {
      throw SocketError.truncated(length, datagramSize);
    }
    const latest = this.#latest[index];
    if (latest?.length === length) return latest;
    return (this.#latest[index] = new Uint8Array(this.#memory, index * datagramSize, length));
  }

  #headerAt(index: number): number {
    return this.#headers.byteOffset + index * messageHeaderSize;
  }

  /** Tells the headers where their vectors are, and the vectors where the datagrams go. */
  #layOut(): void {
    const base = BigInt(ptr(new Uint8Array(this.#memory)));
    for (let index = 0; index < datagramsAtOnce; index++) {
      const header = this.#headerAt(index);
      const vector = this.#headerAt(datagramsAtOnce) + index * vectorSize;
      this.#view.setBigUint64(header + 16, base + BigInt(vector), littleEndian);
      this.#view.setBigUint64(header + 24, 1n, littleEndian);
      this.#view.setBigUint64(vector, base + BigInt(index * datagramSize), littleEndian);
      this.#view.setBigUint64(vector + 8, BigInt(datagramSize), littleEndian);
    }
  }

  /** Enlarges the receive buffer, beyond the system's limit where that is allowed. Returns its size. */
  #enlargeBuffer(): number {
    if (!this.#set(SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferSize)) {
      this.#set(SOL_SOCKET, SO_RCVBUF, receiveBufferSize);
    }
    const size = words(0);
    this.#check(this.#libc.getsockopt(this.#descriptor, SOL_SOCKET, SO_RCVBUF, size, words(4)));
    return size[0] ?? 0;
  }

  #set(level: number, option: number, value: number): boolean {
    return this.#libc.setsockopt(this.#descriptor, level, option, words(value), 4) === 0;
  }

  #check(result: number): void {
    if (result < 0) throw this.#failure("Can't set up a netlink socket");
  }

  #retry(call: () => number, what: string): number {
    for (;;) {
      const result = call();
      if (result >= 0) return result;
      const errno = this.#errno();
      if (errno !== EINTR) throw failure(what, errno);
    }
  }

  #failure(what: string): SocketError {
    return failure(what, this.#errno());
  }

  /** The error number of the call just made. */
  #errno(): number {
    return errnoAt(this.#libc.__errno_location());
  }
}

const settled = Promise.resolve();

function words(...values: number[]): Int32Array {
  return Int32Array.from(values);
}

function failure(what: string, errno: number): SocketError {
  if (errno === EAGAIN) return SocketError.timeout(receiveTimeout);
  if (errno === ENOBUFS) return SocketError.answersLost();
  return new SocketError(errorCode(errno), `${what}: ${errorText(errno)}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
