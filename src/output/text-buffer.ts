/** Text as bytes, in a buffer that grows and is used again and again. */
export class TextBuffer {
  bytes: Buffer;
  /** Bytes in use. */
  length = 0;

  constructor(capacity = 0) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for so many bytes more, and when there is none for as many as are likely. `bytes` may be new then. */
  makeRoom(needed: number, likely = needed): void {
    if (this.bytes.length - this.length >= needed) return;
    const grown = Buffer.allocUnsafeSlow(this.length + Math.max(needed, likely, this.length));
    grown.set(this.written());
    this.bytes = grown;
  }

  /** Appends text as UTF-8. */
  put(text: string): void {
    this.makeRoom(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  /** The bytes in use, valid until the next change. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
