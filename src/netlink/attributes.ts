import { DecodeError, EncodeError } from './errors.js';
import { littleEndian, type ByteWriter } from './writer.js';

// `struct nlattr` in linux/netlink.h: length (header included) and type, both u16 in host order; then the
// payload, padded to four bytes. The two highest bits of the type are flags.
const headerSize = 4;
const typeMask = 0x3fff;
const nestedFlag = 0x8000;

const Kind = {
  u8: 0,
  u16: 1,
  be16: 2,
  u32: 3,
  be32: 4,
  i32: 5,
  u64: 6,
  wide32: 7,
  cstring: 8,
  bytes: 9,
  fixed: 10,
  nested: 11,
  deferred: 12,
} as const;

/** How a payload becomes a value and back. */
export type Codec =
  | NumberCodec
  | BigintCodec
  | StringCodec
  | BytesCodec
  | FixedCodec<unknown>
  | NestedCodec<Schema>
  | DeferredCodec<Schema>;

interface NumberCodec {
  readonly kind: 0 | 1 | 2 | 3 | 4 | 5;
  readonly size: number;
}
interface BigintCodec {
  readonly kind: 6 | 7;
  readonly size: number;
}
interface StringCodec {
  readonly kind: 8;
  /** Largest length in bytes, the terminating zero included. */
  readonly size: number;
}
interface BytesCodec {
  readonly kind: 9;
  readonly size: 0;
}
interface FixedCodec<T> extends FixedFormat<T> {
  readonly kind: 10;
}
interface NestedCodec<S extends Schema> {
  readonly kind: 11;
  readonly size: 0;
  readonly schema: S;
}
interface DeferredCodec<S extends Schema> {
  readonly kind: 12;
  readonly size: 0;
  readonly schema: S;
}

/** A payload of a fixed size with a form of its own. `at` is where it begins in the view. */
export interface FixedFormat<T> {
  readonly size: number;
  read(view: DataView, at: number): T;
  write(view: DataView, at: number, value: T): void;
}

/** Where an attribute's payload lies in a datagram: valid as long as the datagram is. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Attributes of one nesting level: name, attribute number, codec. They are encoded in this order. */
export type Schema = Readonly<Record<string, readonly [type: number, codec: Codec]>>;

type Decoded<C> = C extends { readonly kind: 10; read(view: DataView, at: number): infer T }
  ? T
  : C extends NestedCodec<infer S>
    ? Infer<S>
    : C extends DeferredCodec<Schema>
      ? Span
      : Plain<C>;
type Encodable<C> = C extends { readonly kind: 10; read(view: DataView, at: number): infer T }
  ? T
  : C extends NestedCodec<infer S> | DeferredCodec<infer S>
    ? InferInput<S>
    : Plain<C>;
type Plain<C> = C extends NumberCodec
  ? number
  : C extends BigintCodec
    ? bigint
    : C extends StringCodec
      ? string
      : C extends BytesCodec
        ? Uint8Array
        : never;

/** What decoding a schema gives: an attribute that is not there is undefined. */
export type Infer<S extends Schema> = { [K in keyof S]: Decoded<S[K][1]> | undefined };
/** What encoding a schema takes: an attribute that is undefined is left out. */
export type InferInput<S extends Schema> = { readonly [K in keyof S]?: Encodable<S[K][1]> | undefined };

/** Unsigned 8-bit number. */
export const u8: NumberCodec = { kind: Kind.u8, size: 1 };
/** Unsigned 16-bit number in host order. */
export const u16: NumberCodec = { kind: Kind.u16, size: 2 };
/** Unsigned 16-bit number in network order. */
export const be16: NumberCodec = { kind: Kind.be16, size: 2 };
/** Unsigned 32-bit number in host order. */
export const u32: NumberCodec = { kind: Kind.u32, size: 4 };
/** Unsigned 32-bit number in network order. */
export const be32: NumberCodec = { kind: Kind.be32, size: 4 };
/** Signed 32-bit number in host order. */
export const i32: NumberCodec = { kind: Kind.i32, size: 4 };
/** Unsigned 64-bit number in host order, as an exact bigint. */
export const u64: BigintCodec = { kind: Kind.u64, size: 8 };
/** Unsigned 32-bit number in host order, as a bigint. */
export const wide32: BigintCodec = { kind: Kind.wide32, size: 4 };
/** Any bytes; decoded as a copy. */
export const bytes: BytesCodec = { kind: Kind.bytes, size: 0 };

/** UTF-8 text that ends with a zero byte; at most `size` bytes with that. Without the zero it is read too. */
export function cstring(size: number): StringCodec {
  return { kind: Kind.cstring, size };
}

/** A payload of fixed size with a form of its own. */
export function fixed<T>(format: FixedFormat<T>): FixedCodec<T> {
  return { kind: Kind.fixed, ...format };
}

/** Attributes within an attribute. */
export function nested<const S extends Schema>(schema: S): NestedCodec<S> {
  return { kind: Kind.nested, size: 0, schema };
}

/** Attributes within an attribute, left undecoded: only their place is given, for a {@link Table} to decode. */
export function deferred<const S extends Schema>(schema: S): DeferredCodec<S> {
  return { kind: Kind.deferred, size: 0, schema };
}

interface Field {
  readonly name: string;
  readonly type: number;
  readonly kind: Codec['kind'];
  readonly size: number;
  readonly path: string;
  readonly format: FixedFormat<unknown> | undefined;
  readonly table: Table<Schema> | undefined;
}

/** A schema made ready to encode and decode. Make it once. */
export class Table<const S extends Schema> {
  readonly #path: string;
  readonly #fields: readonly Field[];
  readonly #byType: readonly (Field | undefined)[];
  readonly #blank: Readonly<Record<string, unknown>>;

  /** `path` stands before the names of attributes in errors. */
  constructor(schema: S, path = '') {
    const fields = Object.entries(schema).map(([name, [type, codec]]) => compile(name, type, codec, path));
    const byType = new Array<Field | undefined>(Math.max(0, ...fields.map((field) => field.type)) + 1).fill(
      undefined,
    );
    for (const field of fields) byType[field.type] = field;
    this.#path = path;
    this.#fields = fields;
    this.#byType = byType;
    this.#blank = Object.fromEntries(fields.map((field) => [field.name, undefined]));
  }

  /**
   * Reads the attributes from `start` to `end` of a view. Of an attribute that is there twice the last counts;
   * unknown ones are skipped. Throws `DecodeError`.
   */
  decode(view: DataView, start: number, end: number): Infer<S> {
    const byType = this.#byType;
    const values: Record<string, unknown> = { ...this.#blank };
    let at = start;
    while (at < end) {
      if (end - at < headerSize) throw DecodeError.size(this.#path || 'message', headerSize, end - at);
      const length = view.getUint16(at, littleEndian);
      const type = view.getUint16(at + 2, littleEndian) & typeMask;
      if (length < headerSize || length > end - at) {
        throw DecodeError.size(this.#describe(type), length < headerSize ? headerSize : length, end - at);
      }
      const field = type < byType.length ? byType[type] : undefined;
      if (field !== undefined) values[field.name] = readValue(field, view, at + headerSize, at + length);
      at += (length + 3) & ~3;
    }
    return values as Infer<S>;
  }

  /** Appends the attributes of `value`. Throws `EncodeError`; what was appended until then stays. */
  encode(writer: ByteWriter, value: InferInput<S>): void {
    const values: Readonly<Record<string, unknown>> = value;
    for (const field of this.#fields) {
      const item = values[field.name];
      if (item !== undefined) writeValue(field, writer, item);
    }
  }

  /** Name and nested table of an attribute number, for showing messages. */
  lookup(type: number): { readonly name: string; readonly table: Table<Schema> | undefined } | undefined {
    return this.#byType[type & typeMask];
  }

  #describe(type: number): string {
    return this.#byType[type]?.path ?? joinPath(this.#path, `attribute ${type}`);
  }
}

function compile(name: string, type: number, codec: Codec, parent: string): Field {
  const path = joinPath(parent, name);
  return {
    name,
    type,
    kind: codec.kind,
    size: codec.size,
    path,
    format: codec.kind === Kind.fixed ? codec : undefined,
    table:
      codec.kind === Kind.nested || codec.kind === Kind.deferred ? new Table(codec.schema, path) : undefined,
  };
}

function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

function readValue(field: Field, view: DataView, start: number, end: number): unknown {
  const { kind, size } = field;
  const length = end - start;
  if (length !== size && kind !== Kind.cstring && size !== 0)
    throw DecodeError.size(field.path, size, length);
  switch (kind) {
    case Kind.u8:
      return view.getUint8(start);
    case Kind.u16:
      return view.getUint16(start, littleEndian);
    case Kind.be16:
      return view.getUint16(start);
    case Kind.u32:
      return view.getUint32(start, littleEndian);
    case Kind.be32:
      return view.getUint32(start);
    case Kind.i32:
      return view.getInt32(start, littleEndian);
    case Kind.u64:
      return view.getBigUint64(start, littleEndian);
    case Kind.wide32:
      return BigInt(view.getUint32(start, littleEndian));
    case Kind.cstring:
      return readText(field, view, start, end);
    case Kind.bytes:
      return new Uint8Array(view.buffer, view.byteOffset + start, length).slice();
    case Kind.fixed:
      return field.format?.read(view, start);
    case Kind.nested:
      return field.table?.decode(view, start, end);
    case Kind.deferred:
      return { start, end } satisfies Span;
  }
}

const utf8Decoder = new TextDecoder();
const utf8Encoder = new TextEncoder();

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
  return utf8Decoder.decode(used);
}

function writeValue(field: Field, writer: ByteWriter, value: unknown): void {
  switch (field.kind) {
    case Kind.u8:
    case Kind.u16:
    case Kind.be16:
    case Kind.u32:
    case Kind.be32:
    case Kind.i32:
      writeNumber(field, writer, value);
      return;
    case Kind.u64:
    case Kind.wide32:
      writeBigint(field, writer, value);
      return;
    case Kind.cstring: {
      if (typeof value !== 'string') throw new EncodeError(field.path, 'not text');
      writeText(field, writer, value);
      return;
    }
    case Kind.bytes: {
      if (!(value instanceof Uint8Array)) throw new EncodeError(field.path, 'not bytes');
      const at = writeHeader(writer, field.type, value.length);
      writer.bytes.set(value, at);
      return;
    }
    case Kind.fixed: {
      const at = writeHeader(writer, field.type, field.size);
      field.format?.write(writer.view, at, value);
      return;
    }
    case Kind.nested:
    case Kind.deferred: {
      if (typeof value !== 'object' || value === null) throw new EncodeError(field.path, 'not attributes');
      const at = writeHeader(writer, field.type | nestedFlag, 0);
      field.table?.encode(writer, value);
      const length = writer.length - at + headerSize;
      if (length > 0xffff) throw new EncodeError(field.path, 'too long');
      writer.view.setUint16(at - headerSize, length, littleEndian);
    }
  }
}

function writeNumber(field: Field, writer: ByteWriter, value: unknown): void {
  const { kind, size } = field;
  if (typeof value !== 'number') throw new EncodeError(field.path, 'not a number');
  const lowest = kind === Kind.i32 ? -0x8000_0000 : 0;
  const highest = kind === Kind.i32 ? 0x7fff_ffff : size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
  if (!(value >= lowest && value <= highest) || !Number.isInteger(value)) {
    throw new EncodeError(field.path, `${value} is not a whole number from ${lowest} to ${highest}`);
  }
  const at = writeHeader(writer, field.type, size);
  const bigEndian = kind === Kind.be16 || kind === Kind.be32;
  if (size === 4) writer.view.setUint32(at, value, !bigEndian && littleEndian);
  else if (size === 2) writer.view.setUint16(at, value, !bigEndian && littleEndian);
  else writer.view.setUint8(at, value);
}

function writeBigint(field: Field, writer: ByteWriter, value: unknown): void {
  if (typeof value !== 'bigint') throw new EncodeError(field.path, 'not a bigint');
  if (value < 0n || value >= 1n << BigInt(8 * field.size)) {
    throw new EncodeError(field.path, `${value.toString()} does not fit in ${field.size} bytes`);
  }
  const at = writeHeader(writer, field.type, field.size);
  if (field.size === 8) writer.view.setBigUint64(at, value, littleEndian);
  else writer.view.setUint32(at, Number(value), littleEndian);
}

function writeText(field: Field, writer: ByteWriter, value: string): void {
  const start = writer.length;
  let at = writeHeader(writer, field.type, value.length + 1);
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0) throw new EncodeError(field.path, 'text with a zero byte');
    if (unit > 0x7f) {
      const encoded = utf8Encoder.encode(value);
      writer.length = start;
      at = writeHeader(writer, field.type, encoded.length + 1);
      writer.bytes.set(encoded, at);
      break;
    }
    writer.bytes[at + i] = unit;
  }
  const used = writer.view.getUint16(start, littleEndian) - headerSize;
  if (used > field.size) throw new EncodeError(field.path, `longer than ${field.size - 1} bytes`);
}

/** Appends an attribute's header and room for its padded payload; returns where the payload begins. */
function writeHeader(writer: ByteWriter, type: number, size: number): number {
  if (size > 0xffff - headerSize) throw new EncodeError(`attribute ${type & typeMask}`, 'too long');
  const at = writer.reserve(headerSize + ((size + 3) & ~3));
  writer.view.setUint16(at, headerSize + size, littleEndian);
  writer.view.setUint16(at + 2, type, littleEndian);
  return at + headerSize;
}
