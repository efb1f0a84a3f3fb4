import type { Infer, Table } from './attributes.js';
import type { Schema } from './codec.js';
import { Forms, type Places } from './forms.js';
import { ByteWriter } from './writer.js';

/**
 * Attributes that are written again and again with other payloads of the same sizes: what stays the same is copied in
 * one piece. Payloads can be written over in the copy, or in {@link view} for all copies to come.
 */
export class Pattern<const N extends string> {
  /** Where the payloads begin, counted from the beginning of {@link view} and from what {@link append} returns. */
  readonly places: Places<N>;
  /** What is copied. */
  readonly view: DataView;
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
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Appends a copy and returns where it begins. */
  append(writer: ByteWriter): number {
    const at = writer.reserve(this.#bytes.length);
    writer.bytes.set(this.#bytes, at);
    return at;
  }
}
