import { littleEndian } from './writer.js';

/** Kinds of codecs. */
export const Kind = { number: 0, u64: 1, wide32: 2, cstring: 3, bytes: 4, fixed: 5, nested: 6 } as const;

/** A number of up to 32 bits. */
export interface NumberCodec {
  readonly kind: typeof Kind.number;
  readonly size: 1 | 2 | 4;
  readonly signed: boolean;
  readonly littleEndian: boolean;
}
/** A number as a bigint. */
export interface BigintCodec {
  readonly kind: typeof Kind.u64 | typeof Kind.wide32;
  readonly size: 4 | 8;
}
/** Text that ends with a zero byte. */
export interface StringCodec {
  readonly kind: typeof Kind.cstring;
  /** Largest length in bytes, the terminating zero included. */
  readonly size: number;
}
/** Any bytes. */
export interface BytesCodec {
  readonly kind: typeof Kind.bytes;
}
/** A payload of a fixed size with a form of its own. */
export interface FixedCodec<T> {
  readonly kind: typeof Kind.fixed;
  readonly size: number;
  readonly format: FixedFormat<T>;
}
/** Attributes within an attribute. */
export interface NestedCodec<S> {
  readonly kind: typeof Kind.nested;
  readonly schema: S;
}

/** How a payload becomes a value and back. */
export type Codec =
  NumberCodec | BigintCodec | StringCodec | BytesCodec | FixedCodec<unknown> | NestedCodec<Schema>;

/** Attributes of one nesting level: name, attribute number, codec. They are encoded in this order. */
export interface Schema {
  readonly [name: string]: readonly [type: number, codec: Codec];
}

/** A payload of a fixed size, a multiple of four, with a form of its own. `at` is where it begins in the view. */
export interface FixedFormat<T> {
  readonly size: number;
  read(view: DataView, at: number): T;
  /** Must write every byte. */
  write(view: DataView, at: number, value: T): void;
}

function number(size: 1 | 2 | 4, signed: boolean, little: boolean): NumberCodec {
  return { kind: Kind.number, size, signed, littleEndian: little };
}

/** Unsigned 8-bit number. */
export const u8 = number(1, false, littleEndian);
/** Unsigned 16-bit number in host order. */
export const u16 = number(2, false, littleEndian);
/** Unsigned 16-bit number in network order. */
export const be16 = number(2, false, false);
/** Unsigned 32-bit number in host order. */
export const u32 = number(4, false, littleEndian);
/** Unsigned 32-bit number in network order. */
export const be32 = number(4, false, false);
/** Signed 32-bit number in host order. */
export const i32 = number(4, true, littleEndian);
/** Unsigned 64-bit number in host order, as an exact bigint. */
export const u64: BigintCodec = { kind: Kind.u64, size: 8 };
/** Unsigned 32-bit number in host order, as a bigint. */
export const wide32: BigintCodec = { kind: Kind.wide32, size: 4 };
/** Any bytes; decoded as a copy. */
export const bytes: BytesCodec = { kind: Kind.bytes };

/** UTF-8 text that ends with a zero byte; at most `size` bytes with that. Without the zero it is read too. */
export function cstring(size: number): StringCodec {
  return { kind: Kind.cstring, size };
}

/** A payload of fixed size with a form of its own. */
export function fixed<T>(format: FixedFormat<T>): FixedCodec<T> {
  return { kind: Kind.fixed, size: format.size, format };
}

/** Attributes within an attribute. They are decoded to their place only, for the table of the attribute. */
export function nested<const S extends Schema>(schema: S): NestedCodec<S> {
  return { kind: Kind.nested, schema };
}
