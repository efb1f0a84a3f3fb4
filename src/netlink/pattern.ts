import type { Infer, Table } from './attributes.js';
import type { Schema } from './codec.js';
import { Forms, type Places } from './forms.js';
import { ByteWriter } from './writer.js';

/**
 * Attributes that are written again and again with other payloads of the same sizes: what stays the same is copied in
 * one piece, and only the payloads are written anew.
 */
export class Pattern<const N extends string> {
  /** Where the payloads begin, counted from what {@link append} returns. */
  readonly places: Places<N>;
  readonly #bytes: Uint8Array;

  /** `sample` has the attributes, `wanted` those that change: names from the outermost to it, joined by dots. */
  constructor(table: Table<Schema>, sample: Infer<Schema>, wanted: Readonly<Record<N, string>>) {
    const writer = new ByteWriter();
    table.encode(writer, sample);
    const forms = new Forms(table, wanted);
    forms.learn(writer.view, 0, writer.length);
    const places = forms.find(writer.view, 0, writer.length);
    if (places === undefined) throw new TypeError('the sample does not have what is wanted');
    this.places = places;
    this.#bytes = writer.bytes.slice(0, writer.length);
  }

  /** Appends the attributes of the sample and returns where they begin. */
  append(writer: ByteWriter): number {
    const at = writer.reserve(this.#bytes.length);
    writer.bytes.set(this.#bytes, at);
    return at;
  }
}
