import { describe, expect, test } from 'vitest';
import { DecodeError } from '../../../src/netlink/errors.js';
import { MessageCursor, appendBarrier, beginRequest, finishRequest } from '../../../src/netlink/message.js';
import { ByteWriter } from '../../../src/netlink/writer.js';
import { acknowledge, datagram, done, rawMessage } from './kernel-messages.js';
import { expectBytes } from './scripted-socket.js';

function cursorOn(bytes: Uint8Array): MessageCursor {
  const cursor = new MessageCursor();
  cursor.read(bytes);
  return cursor;
}

test('a request and a barrier', () => {
  const writer = new ByteWriter(1);
  const start = beginRequest(writer, 30, 0x301, 0x01020304);
  finishRequest(writer, start, 8, 1);
  appendBarrier(writer, 5);
  expectBytes(
    writer.written(),
    `14000000 1e00 0103 04030201 00000000  08 01 0000
     10000000 0100 0500 05000000 00000000`,
  );
});

describe('messages of a datagram', () => {
  test('one after the other, padded to four bytes', () => {
    const cursor = cursorOn(datagram(rawMessage(30, 2, 7, Uint8Array.of(1, 2, 3, 4, 5)), done(8)));
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ type: 30, flags: 2, sequence: 7, start: 16, end: 21 });
    expect(cursor.attributes()).toBe(20);
    expect(cursor.next()).toBe(true);
    expect(cursor).toMatchObject({ type: 3, sequence: 8 });
    expect(cursor.errno()).toBe(0);
    expect(cursor.next()).toBe(false);
  });

  test('an empty datagram has none', () => {
    expect(cursorOn(new Uint8Array(0)).next()).toBe(false);
  });

  test.each([
    ['a header cut short', new Uint8Array(15), 16, 15],
    ['a length below the header', new Uint8Array(16), 16, 16],
    ['a length over the end', rawMessage(30, 0, 1, new Uint8Array(8)).subarray(0, 20), 24, 20],
  ])('%s', (_, bytes, wanted, got) => {
    let caught: unknown;
    try {
      cursorOn(bytes).next();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DecodeError);
    expect(caught).toMatchObject({ path: 'message', wanted, got });
  });

  test('a message without room for the generic header', () => {
    const cursor = cursorOn(rawMessage(30, 0, 1, Uint8Array.of(1, 2)));
    cursor.next();
    expect(() => cursor.attributes()).toThrow('message: wanted 20 bytes, got 18');
  });
});

describe('errors', () => {
  test('number and words', () => {
    const cursor = cursorOn(acknowledge(3, 22, 'Unknown scheduler'));
    cursor.next();
    expect(cursor.errno()).toBe(22);
    expect(cursor.extendedAck()).toBe('Unknown scheduler');
  });

  test('words behind a request that is repeated whole', () => {
    const request = rawMessage(30, 5, 3, new Uint8Array(12));
    const error = Buffer.from(acknowledge(3, 1, 'no'));
    const bytes = datagram(error.subarray(0, 20), request, error.subarray(36));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length, true);
    view.setUint16(6, 0x200, true);
    const cursor = cursorOn(bytes);
    cursor.next();
    expect(cursor.extendedAck()).toBe('no');
  });

  test('none, when the flag is not set or the bytes do not hold it', () => {
    const cursor = cursorOn(acknowledge(3, 22));
    cursor.next();
    expect(cursor.extendedAck()).toBeUndefined();
    const broken = acknowledge(3, 22, 'words');
    broken[36] = 200;
    cursor.read(broken);
    cursor.next();
    expect(cursor.extendedAck()).toBeUndefined();
  });

  test('too short for a number', () => {
    const cursor = cursorOn(rawMessage(2, 0, 1, Uint8Array.of(1, 2)));
    cursor.next();
    expect(() => cursor.errno()).toThrow('error: wanted 4 bytes, got 2');
  });

  test('the end of a listing may have no number', () => {
    const cursor = cursorOn(rawMessage(3, 2, 1, new Uint8Array(0)));
    cursor.next();
    expect(cursor.errno()).toBe(0);
  });
});
