/** Whether this machine's byte order, which netlink uses for its headers and most numbers, is little-endian. */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A growing buffer that is used again and again. */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Bytes in use. */
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Appends `size` bytes, whose content is not defined, and returns where they begin. `bytes` and `view` may be
   * new ones afterwards.
   */
  reserve(size: number): number {
    const at = this.length;
    const end = at + size;
    if (end > this.bytes.length) this.#grow(end);
    this.length = end;
    return at;
  }

  /** The bytes in use, valid until the next change. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
