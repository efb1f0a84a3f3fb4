import type { Table } from './attributes.js';
import type { Schema } from './codec.js';
import { MessageCursor, MessageFlag, MessageType } from './message.js';
import type { Tracer } from './tracer.js';
import { littleEndian } from './writer.js';

/** What a family calls its commands, and the table of their attributes. */
export type Glossary = (
  command: number,
) => { readonly name: string; readonly table: Table<Schema> } | undefined;

/**
 * A tracer that writes every message as text: a line for the headers, then one for each attribute with its name,
 * number, length and payload in hexadecimal. `write` gets one line at a time, without line end.
 */
export function debugTracer(write: (line: string) => void, glossary: Glossary): Tracer {
  const show = (direction: string, datagram: Uint8Array): void => {
    for (const line of describeDatagram(datagram, glossary)) write(`${direction} ${line}`);
  };
  return {
    sent(datagram) {
      show('>', datagram);
    },
    received(datagram) {
      show('<', datagram);
    },
  };
}

/** The lines about a datagram; a malformed one ends with what is wrong with it. */
export function describeDatagram(datagram: Uint8Array, glossary: Glossary): string[] {
  const lines: string[] = [];
  const cursor = new MessageCursor();
  cursor.read(datagram);
  try {
    // Places of the cursor are those in the whole memory.
    const memory = new Uint8Array(datagram.buffer);
    while (cursor.next()) describeMessage(cursor, memory, glossary, lines);
  } catch (error) {
    lines.push(messageOf(error));
  }
  return lines;
}

function describeMessage(
  cursor: MessageCursor,
  memory: Uint8Array,
  glossary: Glossary,
  lines: string[],
): void {
  const { type, start, end } = cursor;
  const head = `sequence ${cursor.sequence}, flags ${flagNames(cursor.flags)}, ${end - start + 16} bytes`;
  if (type === MessageType.error || type === MessageType.done) {
    const words = cursor.extendedAck();
    const name = type === MessageType.done ? 'done' : 'answer';
    lines.push(`${name}: error ${cursor.errno()}, ${head}${words === undefined ? '' : `: ${words}`}`);
    return;
  }
  if (type === MessageType.noop) {
    lines.push(`barrier: ${head}`);
    return;
  }
  const attributes = cursor.attributes();
  const command = cursor.view.getUint8(start);
  // Only the controller's number is fixed; all else on the socket belongs to the one family.
  const entry = type === 16 ? undefined : glossary(command);
  const name = entry?.name ?? `command ${command}`;
  lines.push(`${name} (type ${type}): ${head}`);
  describeAttributes(cursor.view, memory, attributes, end, entry?.table, '  ', lines);
}

function describeAttributes(
  view: DataView,
  memory: Uint8Array,
  start: number,
  end: number,
  table: Table<Schema> | undefined,
  indent: string,
  lines: string[],
): void {
  for (let at = start; at < end;) {
    const length = end - at < 4 ? 0 : view.getUint16(at, littleEndian);
    if (length < 4 || length > end - at) {
      lines.push(`${indent}malformed: ${hex(memory.subarray(at, end))}`);
      return;
    }
    const type = view.getUint16(at + 2, littleEndian) & 0x3fff;
    const known = table?.lookup(type);
    const title = `${indent}${known?.name ?? 'attribute'} (${type}, ${length} bytes)`;
    if (known?.table === undefined) {
      lines.push(`${title}: ${hex(memory.subarray(at + 4, at + length))}`);
    } else {
      lines.push(title);
      describeAttributes(view, memory, at + 4, at + length, known.table, `${indent}  `, lines);
    }
    at += (length + 3) & ~3;
  }
}

function hex(payload: Uint8Array): string {
  return Buffer.from(payload)
    .toString('hex')
    .replace(/(.{8})(?=.)/g, '$1 ');
}

function flagNames(flags: number): string {
  const names: string[] = [];
  let rest = flags;
  for (const name of ['request', 'multi', 'ack', 'dumpInterrupted', 'dump'] as const) {
    if ((flags & MessageFlag[name]) === MessageFlag[name]) {
      names.push(name);
      rest &= ~MessageFlag[name];
    }
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join(' ') || 'none';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
