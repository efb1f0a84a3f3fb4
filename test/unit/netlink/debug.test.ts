import { expect, test } from 'vitest';
import { Table } from '../../../src/netlink/attributes.js';
import { cstring, nested, u32, type Schema } from '../../../src/netlink/codec.js';
import { describeDatagram } from '../../../src/netlink/debug.js';
import { acknowledge, datagram, done, rawMessage, reply } from './kernel-messages.js';

const schema = { inner: [1, nested({ name: [2, cstring(8)], size: [3, u32] })] } as const;
const table = new Table(schema);
const shown = new Table<Schema>(schema);

test.each([0, 64])('messages as text, at place %i of the memory they came in', (place) => {
  const bytes = datagram(
    reply(30, 1, 4, table, { inner: { name: 'wlc', size: 5 } }, 2),
    reply(30, 2, 9, new Table({ any: [7, u32] }), { any: 1 }),
    acknowledge(3, 22, 'not so'),
    done(4),
    rawMessage(30, 0, 5, Uint8Array.of(4, 1, 0, 0, 9, 0, 1, 0)),
    Uint8Array.of(1, 2, 3),
  );
  const memory = new Uint8Array(place + bytes.length + 8);
  memory.set(bytes, place);
  const received = memory.subarray(place, place + bytes.length);
  expect(
    describeDatagram(received, (command) => (command === 4 ? { name: 'list', table: shown } : undefined)),
  ).toEqual([
    'list (type 30): sequence 1, flags multi, 40 bytes',
    '  inner (1, 20 bytes)',
    '    name (2, 8 bytes): 776c6300',
    '    size (3, 8 bytes): 05000000',
    'command 9 (type 30): sequence 2, flags none, 28 bytes',
    '  attribute (7, 8 bytes): 01000000',
    'answer: error 22, sequence 3, flags dump, 48 bytes: not so',
    'done: error 0, sequence 4, flags multi, 20 bytes',
    'list (type 30): sequence 5, flags none, 24 bytes',
    '  malformed: 09000100',
    'Unexpected answer from the kernel: message: wanted 16 bytes, got 3',
  ]);
});
