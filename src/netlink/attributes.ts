import {
  Kind,
  type BigintCodec,
  type BytesCodec,
  type Codec,
  type FixedCodec,
  type FixedFormat,
  type NestedCodec,
  type NumberCodec,
  type Schema,
  type StringCodec,
} from './codec.js';
import { DecodeError, EncodeError } from './errors.js';
import { littleEndian, type ByteWriter } from './writer.js';

// `struct nlattr` in linux/netlink.h: length (header included) and type, both u16 in host order; then the
// payload, padded to four bytes. The two highest bits of the type are flags.
const headerSize = 4;
const longest = 0xffff;
const typeMask = 0x3fff;
const nestedFlag = 0x8000;

/** Where nested attributes lie in a datagram, for {@link Table.readSpan}; valid as long as the datagram is. */
export type Span = number & { readonly span: 'start and length' };

type Decoded<C> = C extends NestedCodec<Schema> ? Span : Plain<C>;
type Encodable<C> = C extends NestedCodec<infer S> ? Infer<S> : Plain<C>;
type Plain<C> =
  C extends FixedCodec<infer T>
    ? T
    : C extends NumberCodec
      ? number
      : C extends BigintCodec
        ? bigint
        : C extends StringCodec
          ? string
          : C extends BytesCodec
            ? Uint8Array
            : never;
type SchemaOf<C> = C extends NestedCodec<infer S> ? (S extends Schema ? S : never) : never;

/** What encoding a schema takes: an attribute that is undefined is left out. */
export type Infer<S> = S extends Schema
  ? { readonly [K in keyof S]?: Encodable<S[K][1]> | undefined }
  : never;

/** The attributes of a schema by name, to look at after reading. */
export type FieldsOf<S extends Schema> = { readonly [K in keyof S]: Attribute<Decoded<S[K][1]>> };

/** An attribute as it was read last. */
export interface Attribute<T> {
  /** Names from the outermost attribute to this one, joined by dots. */
  readonly path: string;
  /** Undefined if it was not there. */
  readonly value: T | undefined;
  /** Throws `DecodeError` if it was not there. */
  required(): T;
}

/** A line of a schema with all that encoding and decoding need at hand. */
class Field implements Attribute<unknown> {
  value: unknown = undefined;
  readonly name: string;
  readonly path: string;
  readonly kind: Codec['kind'];
  /** Payload in bytes: exact, at most for text, 0 where any will do. */
  readonly size: number;
  /** First four bytes of the encoded attribute as a host order number, without the length of the payload. */
  readonly header: number;
  readonly littleEndian: boolean;
  readonly lowest: number;
  readonly highest: number;
  readonly format: FixedFormat<unknown> | undefined;
  readonly table: Table<Schema> | undefined;

  constructor(name: string, type: number, codec: Codec, parent: string) {
    const isNested = codec.kind === Kind.nested;
    const isNumber = codec.kind === Kind.number;
    const signed = isNumber && codec.signed;
    this.name = name;
    this.path = joinPath(parent, name);
    this.kind = codec.kind;
    this.size = 'size' in codec ? codec.size : 0;
    this.header = header(isNested ? type | nestedFlag : type, headerSize);
    this.littleEndian = isNumber ? codec.littleEndian : littleEndian;
    this.lowest = signed ? -(2 ** (8 * this.size - 1)) : 0;
    this.highest = 2 ** (signed ? 8 * this.size - 1 : 8 * this.size) - 1;
    this.format = codec.kind === Kind.fixed ? codec.format : undefined;
    this.table = isNested ? new Table(codec.schema, this.path) : undefined;
  }

  required(): unknown {
    if (this.value === undefined) throw DecodeError.missing(this.path);
    return this.value;
  }
}

/** The attributes of a table. */
interface Fields<S extends Schema> {
  readonly byName: FieldsOf<S>;
  readonly list: readonly Field[];
  readonly byType: readonly (Field | undefined)[];
}

/**
 * A schema made ready to encode and decode, when it is first used. Make it once: reading fills {@link fields} instead of
 * making an object, since listings have hundreds of thousands of attributes.
 */
export class Table<const S extends Schema> {
  readonly #schema: S;
  readonly #path: string;
  #fields: Fields<S> | undefined;

  /** `path` stands before the names of attributes in errors. */
  constructor(schema: S, path = '') {
    this.#schema = schema;
    this.#path = path;
  }

  /** What was read last. */
  get fields(): FieldsOf<S> {
    return this.#made().byName;
  }

  /** The table of a nested attribute. */
  child<K extends keyof S & string>(name: K): Table<SchemaOf<S[K][1]>> {
    const table = this.#made().list.find((field) => field.name === name)?.table;
    if (table === undefined) throw new TypeError(`${name} has no nested attributes`);
    return table as Table<SchemaOf<S[K][1]>>;
  }

  /**
   * Reads the attributes from `start` to `end` of a view into {@link fields}. Of an attribute that is there
   * twice the last counts; unknown ones are skipped. Throws `DecodeError`.
   */
  read(view: DataView, start: number, end: number): void {
    const { list, byType } = this.#made();
    for (const field of list) field.value = undefined;
    let at = start;
    while (at < end) {
      if (end - at < headerSize) throw DecodeError.size(this.#path || 'message', headerSize, end - at);
      const length = view.getUint16(at, littleEndian);
      const type = view.getUint16(at + 2, littleEndian) & typeMask;
      if (length < headerSize || length > end - at) {
        throw DecodeError.size(this.#describe(type), Math.max(length, headerSize), end - at);
      }
      const field = type < byType.length ? byType[type] : undefined;
      if (field !== undefined) {
        const size = length - headerSize;
        if (size !== field.size && field.size !== 0 && field.kind !== Kind.cstring) {
          throw DecodeError.size(field.path, field.size, size);
        }
        field.value = readValue(field, view, at + headerSize, size);
      }
      at += (length + 3) & ~3;
    }
  }

  /** Reads the nested attributes that another table found in the same view. Throws `DecodeError`. */
  readSpan(view: DataView, span: Span): void {
    const start = Math.floor(span / 0x10000);
    this.read(view, start, start + (span % 0x10000));
  }

  /** Appends the attributes of `value`. Throws `EncodeError`; what was appended until then stays. */
  encode(writer: ByteWriter, value: Infer<S>): void {
    const values: Readonly<Record<string, unknown>> = value;
    for (const field of this.#made().list) {
      const item = values[field.name];
      if (item === undefined) continue;
      if (field.kind === Kind.number) writeNumber(field, writer, item);
      else writeValue(field, writer, item);
    }
  }

  /** Name and nested table of an attribute number, for showing messages. */
  lookup(type: number): { readonly name: string; readonly table: Table<Schema> | undefined } | undefined {
    return this.#made().byType[type & typeMask];
  }

  #describe(type: number): string {
    return this.#made().byType[type]?.path ?? joinPath(this.#path, `attribute ${type}`);
  }

  #made(): Fields<S> {
    return (this.#fields ??= makeFields(this.#schema, this.#path));
  }
}

function makeFields<S extends Schema>(schema: S, path: string): Fields<S> {
  const list: Field[] = [];
  const byType: (Field | undefined)[] = [];
  const byName: Record<string, Attribute<unknown>> = {};
  for (const [name, [type, codec]] of Object.entries(schema)) {
    const field = new Field(name, type, codec, path);
    while (byType.length <= type) byType.push(undefined);
    byType[type] = field;
    byName[name] = field;
    list.push(field);
  }
  return { byName: byName as FieldsOf<S>, list, byType };
}

function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

/** An attribute's header as a 32-bit number that is to be written in host order. */
function header(type: number, length: number): number {
  return (littleEndian ? (type << 16) | length : (length << 16) | type) >>> 0;
}

/** Adds to the length in a header. */
function lengthen(head: number, size: number): number {
  return littleEndian ? head + size : head + size * 0x10000;
}

function readValue(field: Field, view: DataView, at: number, size: number): unknown {
  switch (field.kind) {
    case Kind.number:
      if (field.size === 4) {
        const value = view.getUint32(at, field.littleEndian);
        return field.lowest === 0 ? value : value | 0;
      }
      return field.size === 2 ? view.getUint16(at, field.littleEndian) : view.getUint8(at);
    case Kind.u64:
      // Most counters of most tables are zero: that one needs no new bigint.
      return view.getUint32(at) === 0 && view.getUint32(at + 4) === 0
        ? 0n
        : view.getBigUint64(at, littleEndian);
    case Kind.wide32:
      return BigInt(view.getUint32(at, littleEndian));
    case Kind.cstring:
      return readText(field, view, at, at + size);
    case Kind.bytes:
      return new Uint8Array(view.buffer, view.byteOffset + at, size).slice();
    case Kind.fixed:
      return field.format?.read(view, at);
    case Kind.nested:
      return at * 0x10000 + size;
  }
}

function readText(field: Field, view: DataView, start: number, end: number): string {
  let text = '';
  let at = start;
  for (; at < end; at++) {
    const byte = view.getUint8(at);
    if (byte === 0) break;
    if (byte > 0x7f) return readUtf8(field, view, start, end);
    text += String.fromCharCode(byte);
  }
  if (at - start >= field.size) throw DecodeError.size(field.path, field.size, at - start + 1);
  return text;
}

function readUtf8(field: Field, view: DataView, start: number, end: number): string {
  const all = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  const zero = all.indexOf(0);
  const used = zero < 0 ? all : all.subarray(0, zero);
  if (used.length >= field.size) throw DecodeError.size(field.path, field.size, used.length + 1);
  return new TextDecoder().decode(used);
}

function writeNumber(field: Field, writer: ByteWriter, value: unknown): void {
  const { size } = field;
  if (
    typeof value !== 'number' ||
    !(value >= field.lowest && value <= field.highest) ||
    !Number.isInteger(value)
  ) {
    throw new EncodeError(
      field.path,
      `${String(value)} is not a whole number from ${field.lowest} to ${field.highest}`,
    );
  }
  const at = writer.reserve(headerSize + 4);
  const { view } = writer;
  view.setUint32(at, lengthen(field.header, size), littleEndian);
  // Shorter numbers are written with their padding, in one go.
  view.setUint32(at + headerSize, field.littleEndian ? value : value << (32 - 8 * size), field.littleEndian);
}

function writeValue(field: Field, writer: ByteWriter, value: unknown): void {
  switch (field.kind) {
    case Kind.number:
      writeNumber(field, writer, value);
      return;
    case Kind.u64:
    case Kind.wide32:
      writeBigint(field, writer, value);
      return;
    case Kind.cstring:
      if (typeof value !== 'string') throw new EncodeError(field.path, 'not text');
      writeText(field, writer, value);
      return;
    case Kind.bytes: {
      if (!(value instanceof Uint8Array)) throw new EncodeError(field.path, 'not bytes');
      const at = reservePadded(field, writer, value.length);
      writer.bytes.set(value, at);
      return;
    }
    case Kind.fixed: {
      const at = writer.reserve(headerSize + field.size);
      writer.view.setUint32(at, lengthen(field.header, field.size), littleEndian);
      field.format?.write(writer.view, at + headerSize, value);
      return;
    }
    case Kind.nested: {
      if (typeof value !== 'object' || value === null) throw new EncodeError(field.path, 'not attributes');
      const at = writer.reserve(headerSize);
      field.table?.encode(writer, value);
      const size = writer.length - at - headerSize;
      if (size > longest - headerSize) throw new EncodeError(field.path, 'too long');
      writer.view.setUint32(at, lengthen(field.header, size), littleEndian);
    }
  }
}

function writeBigint(field: Field, writer: ByteWriter, value: unknown): void {
  if (typeof value !== 'bigint' || BigInt.asUintN(8 * field.size, value) !== value) {
    throw new EncodeError(field.path, `${String(value)} is not a bigint that fits in ${field.size} bytes`);
  }
  const at = writer.reserve(headerSize + field.size);
  writer.view.setUint32(at, lengthen(field.header, field.size), littleEndian);
  if (field.size === 8) writer.view.setBigUint64(at + headerSize, value, littleEndian);
  else writer.view.setUint32(at + headerSize, Number(value), littleEndian);
}

function writeText(field: Field, writer: ByteWriter, value: string): void {
  const encoded = isAscii(value) ? undefined : new TextEncoder().encode(value);
  const length = encoded?.length ?? value.length;
  if (length >= field.size) throw new EncodeError(field.path, `longer than ${field.size - 1} bytes`);
  if (value.includes('\0')) throw new EncodeError(field.path, 'text with a zero byte');
  const at = reservePadded(field, writer, length + 1);
  if (encoded !== undefined) writer.bytes.set(encoded, at);
  else for (let i = 0; i < length; i++) writer.bytes[at + i] = value.charCodeAt(i);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Appends a header and room for a payload, cleared and padded; returns where the payload begins. */
function reservePadded(field: Field, writer: ByteWriter, size: number): number {
  if (size > longest - headerSize) throw new EncodeError(field.path, 'too long');
  const padded = (size + 3) & ~3;
  const at = writer.reserve(headerSize + padded);
  writer.view.setUint32(at, lengthen(field.header, size), littleEndian);
  writer.bytes.fill(0, at + headerSize, at + headerSize + padded);
  return at + headerSize;
}
