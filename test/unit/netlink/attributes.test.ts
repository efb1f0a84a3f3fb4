import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Table } from '../../../src/netlink/attributes.js';
import {
  be16,
  be32,
  bytes,
  cstring,
  fixed,
  i32,
  nested,
  u16,
  u32,
  u64,
  u8,
  wide32,
} from '../../../src/netlink/codec.js';
import { DecodeError, EncodeError } from '../../../src/netlink/errors.js';
import { ByteWriter } from '../../../src/netlink/writer.js';
import { expectBytes } from './scripted-socket.js';

const pair = fixed<readonly [number, number]>({
  size: 8,
  read: (view, at) => [view.getUint32(at), view.getUint32(at + 4)],
  write: (view, at, [first, second]) => {
    view.setUint32(at, first);
    view.setUint32(at + 4, second);
  },
});
const inner = { count: [1, u64], small: [2, wide32] } as const;
const schema = {
  byte: [1, u8],
  short: [2, u16],
  port: [3, be16],
  word: [4, u32],
  netWord: [5, be32],
  signed: [6, i32],
  name: [7, cstring(8)],
  blob: [8, bytes],
  pair: [9, pair],
  inner: [300, nested(inner)],
} as const;
const table = new Table(schema, 'thing');
const innerTable = table.child('inner');

function encode(value: Parameters<typeof table.encode>[1]): Uint8Array {
  const writer = new ByteWriter(1);
  table.encode(writer, value);
  return writer.written();
}

function read(encoded: Uint8Array): typeof table.fields {
  table.read(new DataView(encoded.buffer, encoded.byteOffset, encoded.length), 0, encoded.length);
  return table.fields;
}

function decodeError(encoded: readonly number[]): DecodeError {
  try {
    read(Uint8Array.from(encoded));
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('layout', () => {
  test('numbers in both byte orders, padded with zeros', () => {
    expectBytes(
      encode({ byte: 0xab, short: 0x1234, port: 0x1234, word: 0x12345678, netWord: 0x12345678, signed: -2 }),
      `0500 0100 ab000000  0600 0200 34120000  0600 0300 12340000
       0800 0400 78563412  0800 0500 12345678  0800 0600 feffffff`,
    );
  });

  test('text, bytes and fixed forms', () => {
    expectBytes(
      encode({ name: 'wlc', blob: Uint8Array.of(1, 2, 3, 4, 5), pair: [1, 2] }),
      `0800 0700 776c6300  0900 0800 0102030405 000000  0c00 0900 00000001 00000002`,
    );
  });

  test('nested attributes carry the flag and the whole length', () => {
    expectBytes(
      encode({ inner: { count: 2n ** 64n - 1n, small: 7n } }),
      `1800 2c81  0c00 0100 ffffffffffffffff  0800 0200 07000000`,
    );
  });

  test('what a buffer held before does not shine through', () => {
    const writer = new ByteWriter(64);
    writer.bytes.fill(0xff);
    table.encode(writer, { byte: 1, short: 2, port: 3, name: 'ab', blob: Uint8Array.of(9) });
    expectBytes(
      writer.written(),
      '0500 0100 01000000 0600 0200 02000000 0600 0300 00030000 0700 0700 61620000 0500 0800 09000000',
    );
  });

  test('undefined is left out', () => {
    expectBytes(encode({ byte: undefined }), '');
  });
});

describe('reading', () => {
  test('unknown attributes are skipped, flags of the type ignored, the last of two counts', () => {
    const fields = read(
      Uint8Array.from(Buffer.from('0700630001020300050001800100000005000140020000000400ff3f', 'hex')),
    );
    expect(fields.byte.value).toBe(2);
    expect(fields.short.value).toBeUndefined();
  });

  test('each reading forgets the one before', () => {
    read(encode({ byte: 1, short: 2 }));
    const fields = read(encode({ short: 3 }));
    expect(fields.byte.value).toBeUndefined();
    expect(fields.short.value).toBe(3);
    expect(() => fields.byte.required()).toThrow('thing.byte: missing');
  });

  test('a last attribute without padding', () => {
    expect(read(Uint8Array.of(5, 0, 1, 0, 42)).byte.value).toBe(42);
  });

  test('text without a terminating zero, and in UTF-8', () => {
    expect(read(Uint8Array.of(6, 0, 7, 0, 0x61, 0x62)).name.value).toBe('ab');
    expect(read(encode({ name: 'é€' })).name.value).toBe('é€');
  });

  test.each([
    ['a header cut short', [5, 0, 1], 'thing', 4, 3],
    ['a length over the end', [9, 0, 1, 0, 1, 2, 3, 4], 'thing.byte', 9, 8],
    ['a length below the header', [3, 0, 2, 0], 'thing.short', 4, 4],
    ['an unknown attribute over the end', [9, 0, 99, 0], 'thing.attribute 99', 9, 4],
    ['a number too short', [5, 0, 2, 0, 1, 0, 0, 0], 'thing.short', 2, 1],
    ['a number too long', [8, 0, 3, 0, 1, 0, 0, 0], 'thing.port', 2, 4],
    ['text too long', [13, 0, 7, 0, 97, 97, 97, 97, 97, 97, 97, 97, 97, 0, 0, 0], 'thing.name', 8, 10],
  ])('%s', (_, encoded, path, wanted, got) => {
    expect(decodeError(encoded)).toMatchObject({ code: 'ERR_DECODE', path, wanted, got });
  });

  test('errors of nested attributes name the whole path', () => {
    const encoded = encode({ inner: { count: 1n } });
    encoded[4] = 8;
    const span = read(encoded).inner.required();
    const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
    expect(() => {
      innerTable.readSpan(view, span);
    }).toThrow('thing.inner.count: wanted 8 bytes, got 4');
  });
});

describe('values that cannot be told', () => {
  test.each([
    ['thing.byte', { byte: 256 }],
    ['thing.short', { short: -1 }],
    ['thing.port', { port: 65_536 }],
    ['thing.word', { word: 1.5 }],
    ['thing.word', { word: Number.NaN }],
    ['thing.netWord', { netWord: 2 ** 32 }],
    ['thing.signed', { signed: 2 ** 31 }],
    ['thing.name', { name: '12345678' }],
    ['thing.name', { name: 'éééé' }],
    ['thing.name', { name: 'a\0b' }],
    ['thing.blob', { blob: new Uint8Array(65_532) }],
    ['thing.inner.count', { inner: { count: 2n ** 64n } }],
    ['thing.inner.small', { inner: { small: -1n } }],
  ])('%s %o', (path, value) => {
    let caught: unknown;
    try {
      encode(value);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(EncodeError);
    expect(caught).toMatchObject({ code: 'ERR_ENCODE', path });
  });
});

test('what is encoded is read again', () => {
  const word = fc.nat(0xffff_ffff);
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({
        byte: optional(fc.nat(255)),
        short: optional(fc.nat(65_535)),
        port: optional(fc.nat(65_535)),
        word: optional(word),
        netWord: optional(word),
        signed: optional(fc.integer()),
        name: optional(fc.string({ maxLength: 7 }).filter((text) => !text.includes('\0'))),
        blob: optional(fc.uint8Array({ maxLength: 40 })),
        pair: optional(fc.tuple(word, word)),
        inner: optional(
          fc.record({
            count: optional(fc.bigInt(0n, 2n ** 64n - 1n)),
            small: optional(fc.bigInt(0n, 2n ** 32n - 1n)),
          }),
        ),
      }),
      ({ inner: innerValue, ...value }) => {
        const encoded = encode({ ...value, inner: innerValue });
        const { inner: span, ...fields } = read(encoded);
        for (const [name, wanted] of Object.entries(value)) {
          expect(fields[name as keyof typeof fields].value).toEqual(wanted);
        }
        expect(span.value === undefined).toBe(innerValue === undefined);
        if (span.value === undefined) return;
        innerTable.readSpan(new DataView(encoded.buffer, encoded.byteOffset, encoded.length), span.value);
        expect(innerTable.fields.count.value).toBe(innerValue?.count);
        expect(innerTable.fields.small.value).toBe(innerValue?.small);
      },
    ),
    { numRuns: 1000 },
  );
});
