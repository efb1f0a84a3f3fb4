import { DecodeError } from './errors.js';
import { littleEndian, type ByteWriter } from './writer.js';

// `struct nlmsghdr` in linux/netlink.h: length, header included, u32; type u16; flags u16; sequence u32;
// port u32; all in host order. `struct genlmsghdr` in linux/genetlink.h: command u8, version u8, reserved u16.
const headerSize = 16;
const genericHeaderSize = 4;

/** Message types below the families' (`NLMSG_*` in `linux/netlink.h`). */
export const MessageType = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** Message flags (`NLM_F_*` in `linux/netlink.h`). */
export const MessageFlag = {
  request: 0x01,
  multi: 0x02,
  ack: 0x04,
  dumpInterrupted: 0x10,
  /** On requests: list all. */
  dump: 0x300,
  /** On errors: the request is not repeated beyond its header. */
  capped: 0x100,
  /** On errors and at the end of listings: attributes with the kernel's words follow. */
  ackAttributes: 0x200,
} as const;

// Attribute of an extended acknowledgement that holds text (`NLMSGERR_ATTR_MSG`).
const ackMessageType = 1;

/**
 * Appends the two headers of a generic netlink request and returns where it begins. Its attributes are to
 * follow, then {@link finishRequest}.
 */
export function beginRequest(writer: ByteWriter, type: number, flags: number, sequence: number): number {
  const at = writer.reserve(headerSize + genericHeaderSize);
  const { view } = writer;
  view.setUint16(at + 4, type, littleEndian);
  view.setUint16(at + 6, flags, littleEndian);
  view.setUint32(at + 8, sequence, littleEndian);
  view.setUint32(at + 12, 0);
  return at;
}

/** Completes the request that began at `start` and ends where the writer is. Returns its length in bytes. */
export function finishRequest(writer: ByteWriter, start: number, command: number, version: number): number {
  const length = writer.length - start;
  writer.view.setUint32(start, length, littleEndian);
  writer.view.setUint32(start + headerSize, (command << 24) | (version << 16));
  return length;
}

/**
 * Appends a message that asks for nothing but an acknowledgement. The kernel works through a datagram in order, so
 * its answer comes behind all others. A request's own acknowledgement would not do: the kernel leaves it out when
 * the work ends in `EINTR`, as stopping a sync daemon that has not begun to run does.
 */
export function appendBarrier(writer: ByteWriter, sequence: number): void {
  const at = writer.reserve(headerSize);
  const { view } = writer;
  view.setUint32(at, headerSize, littleEndian);
  view.setUint16(at + 4, MessageType.noop, littleEndian);
  view.setUint16(at + 6, MessageFlag.request | MessageFlag.ack, littleEndian);
  view.setUint32(at + 8, sequence, littleEndian);
  view.setUint32(at + 12, 0);
}

/** Goes through the messages of a datagram. One object serves all datagrams, one after the other. */
export class MessageCursor {
  /** The memory that the datagram lies in, as a whole. */
  view: DataView = new DataView(new ArrayBuffer(0));
  type = 0;
  flags = 0;
  sequence = 0;
  /** Where the current message's payload begins and ends in the view. */
  start = 0;
  end = 0;
  #next = 0;
  #limit = 0;

  /** Starts on a datagram; {@link next} moves to its first message. */
  read(datagram: Uint8Array): void {
    // One view serves all that comes in the same memory.
    if (this.view.buffer !== datagram.buffer) this.view = new DataView(datagram.buffer);
    this.#next = datagram.byteOffset;
    this.#limit = datagram.byteOffset + datagram.byteLength;
  }

  /** Moves to the next message; false at the end. Throws `DecodeError` if the datagram has no whole message. */
  next(): boolean {
    const at = this.#next;
    const left = this.#limit - at;
    if (left <= 0) return false;
    if (left < headerSize) throw DecodeError.size('message', headerSize, left);
    const { view } = this;
    const length = view.getUint32(at, littleEndian);
    if (length < headerSize || length > left) {
      throw DecodeError.size('message', length < headerSize ? headerSize : length, left);
    }
    this.type = view.getUint16(at + 4, littleEndian);
    this.flags = view.getUint16(at + 6, littleEndian);
    this.sequence = view.getUint32(at + 8, littleEndian);
    this.start = at + headerSize;
    this.end = at + length;
    this.#next = at + ((length + 3) & ~3);
    return true;
  }

  /** Where the attributes of the current generic netlink message begin. Throws `DecodeError`. */
  attributes(): number {
    if (this.end - this.start < genericHeaderSize) {
      throw DecodeError.size('message', headerSize + genericHeaderSize, headerSize + this.end - this.start);
    }
    return this.start + genericHeaderSize;
  }

  /**
   * The error number, positive, that the current error or end-of-listing message carries; 0 for none.
   * Throws `DecodeError` if an error message is too short for one.
   */
  errno(): number {
    if (this.end - this.start < 4) {
      if (this.type === MessageType.done) return 0;
      throw DecodeError.size('error', 4, this.end - this.start);
    }
    const value = this.view.getInt32(this.start, littleEndian);
    if (value > 0 && this.type === MessageType.error) throw DecodeError.value('error', value);
    return value < 0 ? -value : 0;
  }

  /** The kernel's words in the current error or end-of-listing message; undefined if it has none. */
  extendedAck(): string | undefined {
    if ((this.flags & MessageFlag.ackAttributes) === 0) return undefined;
    let at = this.start + 4;
    if (this.type === MessageType.error) {
      if (this.end - at < headerSize) return undefined;
      const repeated = this.view.getUint32(at, littleEndian);
      at += (this.flags & MessageFlag.capped) === 0 ? Math.ceil(repeated / 4) * 4 : headerSize;
    }
    while (this.end - at >= 4) {
      const length = this.view.getUint16(at, littleEndian);
      if (length < 4 || length > this.end - at) return undefined;
      if ((this.view.getUint16(at + 2, littleEndian) & 0x3fff) === ackMessageType) {
        const text = new Uint8Array(this.view.buffer, this.view.byteOffset + at + 4, length - 4);
        const zero = text.indexOf(0);
        return new TextDecoder().decode(zero < 0 ? text : text.subarray(0, zero));
      }
      at += (length + 3) & ~3;
    }
    return undefined;
  }
}
