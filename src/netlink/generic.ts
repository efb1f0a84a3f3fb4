import { Table } from './attributes.js';
import { cstring, u16 } from './codec.js';
import { errorText } from './errno.js';
import {
  DecodeError,
  DumpInterruptedError,
  FamilyMissingError,
  NetlinkError,
  SocketError,
  type IpvsadmError,
} from './errors.js';
import {
  MessageCursor,
  MessageFlag,
  MessageType,
  appendBarrier,
  beginRequest,
  finishRequest,
} from './message.js';
import type { NetlinkSocket } from './socket.js';
import type { Tracer } from './tracer.js';
import { ByteWriter } from './writer.js';

// `GENL_ID_CTRL` and `CTRL_*` in linux/genetlink.h.
const controllerId = 16;
const controllerVersion = 1;
const getFamily = { command: 3, label: 'getFamily' } as const;
const familyTable = new Table({ id: [1, u16], name: [2, cstring(16)] }, 'family');
const errnoNoEntry = 2;

const dumpAttempts = 10;

// The kernel takes 131,200 bytes in one send with the socket's default send buffer; larger batches than this
// are no faster.
const batchBytes = 65_536;

/** A command of a family, and the name by which errors call it. */
export interface Command {
  readonly command: number;
  readonly label: string;
}

/** Appends the attributes of a request. */
export type Encode<V> = (writer: ByteWriter, value: V) => void;

/** Reads the attributes that lie from `start` to `end` of a view, which is valid during the call only. */
export type Decode<T> = (view: DataView, start: number, end: number) => T;

/** Takes the rows of listings, one listing after the other. */
export interface Listener<V> {
  /** Before the rows of a listing, and again when it is repeated. */
  begin(value: V): void;
  /** A row; the arguments are those of {@link Decode}. May throw `DecodeError`. */
  row(view: DataView, start: number, end: number): void;
  /** After the rows of a listing. False: no further listing is asked for. */
  end(value: V): boolean;
}

/** An operation of a batch that the kernel refused. */
export interface Failure {
  /** Place of the operation in the batch, from 0. */
  readonly index: number;
  /** The command's label. */
  readonly operation: string;
  readonly errno: number;
  readonly message: string;
  /** The kernel's own words, where it has some. */
  readonly extendedAck: string | undefined;
}

/**
 * Called after each part of a batch with the number of operations carried out or refused so far, and the
 * failures of this part. False ends the batch here. It must not wait for another request on the same family.
 */
export type OnChunk = (
  done: number,
  failures: readonly Failure[],
) => boolean | undefined | Promise<boolean | undefined>;

export interface FamilyOptions {
  /** The sentence for an error number of a command, by label. */
  readonly describe?: ((label: string, errno: number) => string) | undefined;
  readonly tracer?: Tracer | undefined;
}

/**
 * Finds a generic netlink family by name. Throws `FamilyMissingError` when the kernel does not have it,
 * `NetlinkError`, `SocketError`, `DecodeError`.
 */
export async function openFamily(
  socket: NetlinkSocket,
  name: string,
  version: number,
  options: FamilyOptions = {},
): Promise<GenericFamily> {
  const controller = new GenericFamily(socket, controllerId, controllerVersion, options);
  try {
    const replies = await controller.request(
      getFamily,
      (writer, family: string) => {
        familyTable.encode(writer, { name: family });
      },
      name,
      (view, start, end) => {
        familyTable.read(view, start, end);
        return familyTable.fields.id.required();
      },
    );
    const [id] = replies;
    if (id === undefined) throw DecodeError.missing('family');
    return new GenericFamily(socket, id, version, options, controller.sequence);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === errnoNoEntry) {
      throw new FamilyMissingError(name, undefined, { cause: error });
    }
    throw error;
  }
}

/**
 * Requests to one family over one socket. Calls may overlap: each waits until those before it are finished.
 * The socket is the caller's to close.
 */
export class GenericFamily {
  readonly #socket: NetlinkSocket;
  readonly #id: number;
  readonly #version: number;
  readonly #describe: (label: string, errno: number) => string;
  readonly #tracer: Tracer | undefined;
  readonly #writer = new ByteWriter();
  readonly #cursor = new MessageCursor();
  #sequence: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(socket: NetlinkSocket, id: number, version: number, options: FamilyOptions = {}, sequence = 0) {
    this.#socket = socket;
    this.#id = id;
    this.#version = version;
    this.#describe = options.describe ?? ((_, errno) => errorText(errno));
    this.#tracer = options.tracer;
    this.#sequence = sequence;
  }

  /** The sequence number of the latest request. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Sends one request and returns the replies. Throws `NetlinkError`, `SocketError`, `DecodeError`, `EncodeError`.
   */
  request<V, T>(command: Command, encode: Encode<V>, value: V, decode: Decode<T>): Promise<T[]> {
    return this.#exclusive(async () => {
      const sequence = this.#write(command, encode, value, MessageFlag.request);
      const barrier = this.#nextSequence();
      appendBarrier(this.#writer, barrier);
      await this.#send();
      const replies: T[] = [];
      const cursor = this.#cursor;
      let failure: IpvsadmError | undefined;
      for (;;) {
        await this.#receive();
        while (cursor.next()) {
          if (cursor.sequence === barrier && cursor.type === MessageType.error) {
            if (failure !== undefined) throw failure;
            return replies;
          }
          if (cursor.sequence !== sequence) continue;
          if (cursor.type === MessageType.error) {
            const errno = cursor.errno();
            if (errno !== 0) failure ??= this.#error(command, errno);
          } else if (cursor.type === this.#id) {
            failure ??= decodeInto(replies, cursor, decode);
          } else {
            this.#checkOverrun();
          }
        }
      }
    });
  }

  /**
   * Lists: sends one request and returns what the kernel answers, a value for each message. A listing that
   * changed while it was read is read again, at most ten times. Throws `DumpInterruptedError`, `NetlinkError`,
   * `SocketError`, `DecodeError`, `EncodeError`.
   */
  dump<V, T>(command: Command, encode: Encode<V>, value: V, decode: Decode<T>): Promise<T[]> {
    return this.#exclusive(async () => {
      const rows: T[] = [];
      await this.#list(command, encode, value, {
        begin: () => {
          rows.length = 0;
        },
        row: (view, start, end) => {
          rows.push(decode(view, start, end));
        },
        end: () => true,
      });
      return rows;
    });
  }

  /**
   * Lists as {@link dump} does, for one value after the other, and hands the rows on as they come. True when there is
   * no further value. After an error, or `end` has given false, the iterator stands behind the value it was for. The
   * listener must not wait for another request on the same family.
   */
  dumps<V>(
    command: Command,
    encode: Encode<V>,
    values: Iterator<V>,
    listener: Listener<V>,
  ): Promise<boolean> {
    return this.#exclusive(async () => {
      for (let next = values.next(); next.done !== true; next = values.next()) {
        await this.#list(command, encode, next.value, listener);
        if (!listener.end(next.value)) return false;
      }
      return true;
    });
  }

  /**
   * Carries out many operations in order, many to a send, going on behind those that the kernel refuses, and
   * returns the refusals. `encode` appends an operation's attributes and returns its command. When the
   * iterable or `encode` throws, the operations that were not sent yet (a few hundred at most) are not carried
   * out. Throws `SocketError`, `DecodeError`, `EncodeError`.
   */
  batch<O>(
    operations: Iterable<O>,
    encode: (writer: ByteWriter, operation: O) => Command,
    onChunk?: OnChunk,
  ): Promise<Failure[]> {
    return this.#exclusive(async () => {
      const failures: Failure[] = [];
      const chunk: Command[] = [];
      const writer = this.#writer;
      const capacity = this.#socket.receiveCapacity;
      let done = 0;
      let answers = 0;
      writer.length = 0;
      const flush = async (): Promise<boolean> => {
        const failed = await this.#sendChunk(chunk, done);
        for (const failure of failed) failures.push(failure);
        done += chunk.length;
        chunk.length = 0;
        answers = 0;
        writer.length = 0;
        return onChunk === undefined || (await onChunk(done, failed)) !== false;
      };
      for (const operation of operations) {
        const start = beginRequest(writer, this.#id, MessageFlag.request, this.#nextSequence());
        const command = encode(writer, operation);
        const space = answerSpace(finishRequest(writer, start, command.command, this.#version));
        answers += space;
        chunk.push(command);
        // The kernel takes an answer whenever those before it fit: here the next one's and the barrier's.
        if (writer.length < batchBytes && answers + space <= capacity) continue;
        if (!(await flush())) return failures;
      }
      if (chunk.length > 0) await flush();
      return failures;
    });
  }

  /** Sends the requests that the writer holds, the latest with sequence `#sequence`, and reads the refusals. */
  async #sendChunk(chunk: readonly Command[], done: number): Promise<Failure[]> {
    const failures: Failure[] = [];
    const cursor = this.#cursor;
    const first = (this.#sequence - chunk.length + 1) >>> 0;
    appendBarrier(this.#writer, this.#nextSequence());
    await this.#send();
    for (;;) {
      await this.#receive();
      while (cursor.next()) {
        const place = (cursor.sequence - first) >>> 0;
        if (place > chunk.length) continue;
        if (cursor.type !== MessageType.error) {
          this.#checkOverrun();
          continue;
        }
        const command = chunk[place];
        if (command === undefined) return failures;
        const errno = cursor.errno();
        if (errno !== 0) {
          failures.push({
            index: done + place,
            operation: command.label,
            errno,
            message: this.#describe(command.label, errno),
            extendedAck: cursor.extendedAck(),
          });
        }
      }
    }
  }

  /** Reads a listing until it did not change meanwhile. */
  async #list<V>(command: Command, encode: Encode<V>, value: V, listener: Listener<V>): Promise<void> {
    for (let attempt = 0; attempt < dumpAttempts; attempt++) {
      listener.begin(value);
      if (await this.#listOnce(command, encode, value, listener)) return;
    }
    throw new DumpInterruptedError(command.label, dumpAttempts);
  }

  /** False if the listing changed meanwhile. */
  async #listOnce<V>(command: Command, encode: Encode<V>, value: V, listener: Listener<V>): Promise<boolean> {
    const sequence = this.#write(command, encode, value, MessageFlag.request | MessageFlag.dump);
    await this.#send();
    const cursor = this.#cursor;
    let interrupted = false;
    let failure: DecodeError | undefined;
    for (;;) {
      await this.#receive();
      while (cursor.next()) {
        if (cursor.sequence !== sequence) continue;
        if ((cursor.flags & MessageFlag.dumpInterrupted) !== 0 && cursor.type !== MessageType.error) {
          interrupted = true;
        }
        if (cursor.type === this.#id) {
          // After a bad row the rest is read all the same: the kernel refuses the next listing before.
          failure ??= hearRow(listener, cursor);
        } else if (cursor.type === MessageType.done) {
          const errno = cursor.errno();
          if (errno !== 0) throw this.#error(command, errno);
          if (failure !== undefined) throw failure;
          return !interrupted;
        } else if (cursor.type === MessageType.error) {
          const errno = cursor.errno();
          if (errno !== 0) throw this.#error(command, errno);
        } else {
          this.#checkOverrun();
        }
      }
    }
  }

  /** Makes the writer hold this request alone. */
  #write<V>(command: Command, encode: Encode<V>, value: V, flags: number): number {
    const writer = this.#writer;
    const sequence = this.#nextSequence();
    writer.length = 0;
    const start = beginRequest(writer, this.#id, flags, sequence);
    encode(writer, value);
    finishRequest(writer, start, command.command, this.#version);
    return sequence;
  }

  #send(): Promise<void> {
    const datagram = this.#writer.written();
    if (this.#tracer !== undefined) this.#tracer.sent(datagram);
    return this.#socket.send(datagram);
  }

  async #receive(): Promise<void> {
    const datagram = await this.#socket.receive();
    if (this.#tracer !== undefined) this.#tracer.received(datagram);
    this.#cursor.read(datagram);
  }

  #checkOverrun(): void {
    if (this.#cursor.type === MessageType.overrun) throw SocketError.answersLost();
  }

  #error(command: Command, errno: number): NetlinkError {
    const message = this.#describe(command.label, errno);
    return new NetlinkError(errno, command.label, message, this.#cursor.extendedAck());
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(ignore);
    return result;
  }
}

/** For requests without attributes. */
export function encodeNothing(): void {
  // The headers say it all.
}

// What an answer to a message of a batch takes of the receive buffer, at most: the kernel's bookkeeping (256
// bytes, and 320 in the same block as the answer, 800 where it is built for many fragments) and the message, which
// comes back whole behind the headers of the answer, in a block whose size is a power of two.
function answerSpace(length: number): number {
  let block = 1024;
  while (block < length + 896) block *= 2;
  return block + 256;
}

function decodeInto<T>(rows: T[], cursor: MessageCursor, decode: Decode<T>): DecodeError | undefined {
  try {
    rows.push(decode(cursor.view, cursor.attributes(), cursor.end));
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function hearRow(listener: Listener<never>, cursor: MessageCursor): DecodeError | undefined {
  try {
    listener.row(cursor.view, cursor.attributes(), cursor.end);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function ignore(): void {
  // The caller of the failed work has its error; those behind it go on.
}
