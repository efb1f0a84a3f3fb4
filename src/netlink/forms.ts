import type { Table } from './attributes.js';
import type { Schema } from './codec.js';
import { littleEndian } from './writer.js';

// `struct nlattr` in linux/netlink.h; see attributes.ts.
const headerSize = 4;
const typeMask = 0x3fff;

/** So many forms are kept: lengths of names differ, and padding where the processor needs it. */
const mostForms = 8;

/** Where payloads begin, counted from where a message's attributes begin. */
export type Places<N extends string> = Readonly<Record<N, number>>;

/** A message as it may come again. */
interface Form<N extends string> {
  readonly length: number;
  /** The place of each attribute that was gone through, and its header as a number. */
  readonly headerPlaces: readonly number[];
  readonly headers: readonly number[];
  /** Undefined where an attribute that is wanted is not there. */
  readonly places: Places<N> | undefined;
}

/**
 * Finds attributes without going through them: the messages of a listing are formed alike. A message whose headers
 * are those of one that was learned has its payloads in the same places, and of the same sizes.
 */
export class Forms<const N extends string> {
  readonly #table: Table<Schema>;
  readonly #wanted: readonly (readonly [name: N, path: string])[];
  readonly #unwanted: readonly string[];
  /** What the wanted attributes are in. */
  readonly #parents = new Set<string>();
  readonly #forms: Form<N>[] = [];

  /**
   * `wanted` has the attributes to be found: names from the outermost to it, joined by dots. Messages that have some of
   * `unwanted` are not found.
   */
  constructor(table: Table<Schema>, wanted: Readonly<Record<N, string>>, unwanted: readonly string[] = []) {
    this.#table = table;
    this.#unwanted = unwanted;
    this.#wanted = Object.entries(wanted) as [N, string][];
    for (const [, path] of this.#wanted) {
      for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        this.#parents.add(path.slice(0, dot));
      }
    }
  }

  /**
   * Where the wanted attributes are in a message that is formed as one before; undefined for another, and where they
   * are not all there.
   */
  find(view: DataView, start: number, end: number): Places<N> | undefined {
    for (const form of this.#forms) if (isFormed(form, view, start, end)) return form.places;
    return undefined;
  }

  /** Learns the form of a message, which must have been read without an error. */
  learn(view: DataView, start: number, end: number): void {
    if (this.#forms.some((form) => isFormed(form, view, start, end))) return;
    const found = new Map<string, number>();
    const headerPlaces: number[] = [];
    const headers: number[] = [];
    const walk = (table: Table<Schema>, from: number, to: number, parent: string): void => {
      for (let at = from; at < to;) {
        const length = view.getUint16(at, littleEndian);
        const known = table.lookup(view.getUint16(at + 2, littleEndian) & typeMask);
        headerPlaces.push(at - start);
        headers.push(view.getUint32(at, littleEndian));
        if (known !== undefined) {
          const path = `${parent}${known.name}`;
          found.set(path, at + headerSize - start);
          if (known.table !== undefined && this.#parents.has(path)) {
            walk(known.table, at + headerSize, at + length, `${path}.`);
          }
        }
        at += (length + 3) & ~3;
      }
    };
    walk(this.#table, start, end, '');
    const places = this.#wanted.map(([name, path]) => [name, found.get(path)] as const);
    const isComplete =
      places.every(([, place]) => place !== undefined) && !this.#unwanted.some((path) => found.has(path));
    this.#forms.unshift({
      length: end - start,
      headerPlaces,
      headers,
      places: isComplete ? (Object.fromEntries(places) as Places<N>) : undefined,
    });
    this.#forms.splice(mostForms);
  }
}

function isFormed<N extends string>(
  { length, headerPlaces, headers }: Form<N>,
  view: DataView,
  start: number,
  end: number,
): boolean {
  if (end - start !== length) return false;
  for (let i = 0; i < headers.length; i++) {
    if (view.getUint32(start + (headerPlaces[i] ?? 0), littleEndian) !== headers[i]) return false;
  }
  return true;
}
