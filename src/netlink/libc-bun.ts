import { dlopen, read, type Pointer, type Signature } from 'bun:ffi';
import { errorCode, errorText } from './errno.js';

/** Names of the C library: glibc's, then musl's. */
const libraries = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1', 'libc.so'];

/** The C library's functions of these names. Throws when they are not there. */
export function bindLibc<const S extends Readonly<Record<string, Signature>>>(
  functions: S,
): ReturnType<typeof dlopen<S>>['symbols'] {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return dlopen(library, functions).symbols;
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure instanceof Error ? failure : new Error(String(failure));
}

/** The signature of the function that tells where a thread's error number is. */
export const errnoLocation = { args: [], returns: 'ptr' } as const;

/** The error number at a place that a function of {@link errnoLocation} gave. */
export function errnoAt(place: Pointer | null): number {
  return place === null ? 0 : read.i32(place);
}

/** An error as those of node:fs. */
export function systemError(errno: number): Error {
  return Object.assign(new Error(errorText(errno)), { code: errorCode(errno), errno: -errno });
}
