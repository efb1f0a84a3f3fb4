/** The part of Bun's `bun:ffi` that the stand-alone executable uses. */
declare module 'bun:ffi' {
  /** An address in this process's memory. */
  export type Pointer = number & { readonly pointer: 'address' };
  type Argument = 'i32' | 'u32' | 'usize' | 'ptr';
  export interface Signature {
    readonly args: readonly Argument[];
    readonly returns: 'i32' | 'i64_fast' | 'ptr';
  }
  type Value<A> = A extends 'ptr' ? ArrayBufferView | Pointer | null : number;
  type Values<A extends readonly Argument[]> = { -readonly [I in keyof A]: Value<A[I]> };
  type Returned<R> = R extends 'ptr' ? Pointer | null : number;
  type Bound<S> = {
    readonly [K in keyof S]: S[K] extends Signature
      ? (...args: Values<S[K]['args']>) => Returned<S[K]['returns']>
      : never;
  };

  /** Binds functions of a shared library. Throws when the library or a function is not there. */
  export function dlopen<const S extends Readonly<Record<string, Signature>>>(
    library: string,
    signatures: S,
  ): { readonly symbols: Bound<S> };
  /** Where the bytes of a view lie; they stay there as long as the view is reachable. */
  export function ptr(view: ArrayBufferView): Pointer;
  export const read: { i32(address: Pointer, offset?: number): number };
}
