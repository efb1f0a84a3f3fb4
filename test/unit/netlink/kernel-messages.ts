import type { Infer, Table } from '../../../src/netlink/attributes.js';
import type { Schema } from '../../../src/netlink/codec.js';
import { MessageCursor, MessageType } from '../../../src/netlink/message.js';
import { ByteWriter } from '../../../src/netlink/writer.js';

// Messages as the kernel writes them, for the fake kernels of the tests. Numbers are in little-endian order, as on
// every machine that the tests run on.

export interface Sent {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly command: number;
  readonly attributes: Uint8Array;
}

/** The messages in a datagram that was sent. */
export function messagesIn(datagram: Uint8Array): Sent[] {
  const cursor = new MessageCursor();
  const messages: Sent[] = [];
  cursor.read(datagram);
  while (cursor.next()) {
    const { type, flags, sequence, start, end } = cursor;
    const generic = type >= 16;
    messages.push({
      type,
      flags,
      sequence,
      command: generic ? (datagram[start] ?? 0) : 0,
      attributes: generic ? datagram.subarray(start + 4, end) : new Uint8Array(0),
    });
  }
  return messages;
}

/** The sequence number of a datagram's first message. */
export function sequenceOf(datagram: Uint8Array): number {
  return messagesIn(datagram)[0]?.sequence ?? 0;
}

export function rawMessage(type: number, flags: number, sequence: number, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(16 + ((payload.length + 3) & ~3));
  const view = new DataView(message.buffer);
  view.setUint32(0, 16 + payload.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, 4711, true);
  message.set(payload, 16);
  return message;
}

/** A generic netlink message. */
export function reply<S extends Schema>(
  type: number,
  sequence: number,
  command: number,
  table: Table<S>,
  attributes: Infer<S>,
  flags = 0,
): Uint8Array {
  const writer = new ByteWriter();
  const at = writer.reserve(4);
  writer.view.setUint32(at, (command << 24) | (1 << 16));
  table.encode(writer, attributes);
  return rawMessage(type, flags, sequence, writer.written());
}

/** An acknowledgement, or with an error number a refusal, with the kernel's words if there are any. */
export function acknowledge(sequence: number, errno = 0, words?: string): Uint8Array {
  const text = words === undefined ? undefined : Buffer.from(`${words}\0`);
  const payload = new Uint8Array(20 + (text === undefined ? 0 : 4 + ((text.length + 3) & ~3)));
  const view = new DataView(payload.buffer);
  view.setInt32(0, -errno, true);
  view.setUint32(4, 16, true);
  view.setUint32(12, sequence, true);
  if (text !== undefined) {
    view.setUint16(20, 4 + text.length, true);
    view.setUint16(22, 1, true);
    payload.set(text, 24);
  }
  return rawMessage(MessageType.error, text === undefined ? 0x100 : 0x300, sequence, payload);
}

/** The end of a listing. */
export function done(sequence: number, errno = 0, flags = 2): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setInt32(0, -errno, true);
  return rawMessage(MessageType.done, flags, sequence, payload);
}

/** Several messages in one datagram. */
export function datagram(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(messages));
}

/** Acknowledgements of a datagram: of its barrier, and before it the given refusals by place of the message. */
export function answerBarrier(sent: Uint8Array, errors: Readonly<Record<number, number>> = {}): Uint8Array[] {
  return messagesIn(sent).flatMap((message, place) => {
    const errno = errors[place];
    if (message.type === MessageType.noop) return [acknowledge(message.sequence)];
    return errno === undefined ? [] : [acknowledge(message.sequence, errno)];
  });
}
