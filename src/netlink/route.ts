import { DecodeError, DumpInterruptedError, NetlinkError } from './errors.js';
import { MessageCursor, MessageFlag, MessageType } from './message.js';
import type { NetlinkSocket } from './socket.js';
import { ByteWriter, littleEndian } from './writer.js';

/** Netlink protocol number of rtnetlink (`NETLINK_ROUTE` in `linux/netlink.h`). */
export const routeProtocol = 0;

/** Questions that rtnetlink answers (`RTM_GET*` in `linux/rtnetlink.h`), and the length of the header of each. */
export const routeQuestions = {
  link: { type: 18, headerSize: 16 },
  address: { type: 22, headerSize: 8 },
  route: { type: 26, headerSize: 12 },
  neighbour: { type: 30, headerSize: 12 },
} as const;

export type RouteQuestion = (typeof routeQuestions)[keyof typeof routeQuestions];

/** Reads one answer: where its header begins, where its attributes begin, and where they end. */
export type DecodeAnswer<T> = (view: DataView, header: number, attributes: number, end: number) => T;

/** Appends a header of the question's length, cleared, and the attributes of a question. */
export type WriteQuestion = (writer: ByteWriter, header: number) => void;

const dumpAttempts = 10;
const messageHeaderSize = 16;

/**
 * Asks rtnetlink about interfaces, addresses, routes and neighbours, one question after the other. Only reads. The
 * socket is the caller's to close. Throws `NetlinkError`, `SocketError`, `DecodeError`, `DumpInterruptedError`.
 */
export class RouteNetlink {
  readonly #socket: NetlinkSocket;
  readonly #writer = new ByteWriter();
  readonly #cursor = new MessageCursor();
  #sequence = 0;

  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Everything of a kind. A list that changed while it was read is read again, at most ten times. */
  async list<T>(question: RouteQuestion, write: WriteQuestion, decode: DecodeAnswer<T>): Promise<T[]> {
    for (let attempt = 0; attempt < dumpAttempts; attempt++) {
      const answers = await this.#ask(question, MessageFlag.request | MessageFlag.dump, write, decode);
      if (answers !== undefined) return answers;
    }
    throw new DumpInterruptedError(`list ${question.type}`, dumpAttempts);
  }

  /** The one answer to a question. */
  async one<T>(question: RouteQuestion, write: WriteQuestion, decode: DecodeAnswer<T>): Promise<T> {
    const answers = await this.#ask(question, MessageFlag.request | MessageFlag.ack, write, decode);
    const [answer] = answers ?? [];
    if (answer === undefined) throw DecodeError.missing('answer');
    return answer;
  }

  async #ask<T>(
    question: RouteQuestion,
    flags: number,
    write: WriteQuestion,
    decode: DecodeAnswer<T>,
  ): Promise<T[] | undefined> {
    this.#sequence++;
    this.#write(question, flags, write);
    await this.#socket.send(this.#writer.written());
    const cursor = this.#cursor;
    const answers: T[] = [];
    let interrupted = false;
    for (;;) {
      cursor.read(await this.#socket.receive());
      while (cursor.next()) {
        if (cursor.sequence !== this.#sequence) continue;
        if ((cursor.flags & MessageFlag.dumpInterrupted) !== 0) interrupted = true;
        if (cursor.type === MessageType.error || cursor.type === MessageType.done) {
          const errno = cursor.errno();
          if (errno !== 0) throw new NetlinkError(errno, 'rtnetlink', undefined, cursor.extendedAck());
          return interrupted ? undefined : answers;
        }
        const attributes = cursor.start + question.headerSize;
        if (attributes > cursor.end) {
          throw DecodeError.size('message', question.headerSize, cursor.end - cursor.start);
        }
        answers.push(decode(cursor.view, cursor.start, attributes, cursor.end));
      }
    }
  }

  #write(question: RouteQuestion, flags: number, write: WriteQuestion): void {
    const writer = this.#writer;
    writer.length = 0;
    const header = writer.reserve(messageHeaderSize + question.headerSize) + messageHeaderSize;
    writer.bytes.fill(0, 0, header + question.headerSize);
    writer.view.setUint16(4, question.type, littleEndian);
    writer.view.setUint16(6, flags, littleEndian);
    writer.view.setUint32(8, this.#sequence, littleEndian);
    write(writer, header);
    writer.view.setUint32(0, writer.length, littleEndian);
  }
}
