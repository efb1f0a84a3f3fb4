import { AddressFamily, IpAddress } from '../ipvs/address.js';

/** The bytes of an address on the wire: four, or sixteen. */
export function addressBytes({ family, w0, w1, w2, w3 }: IpAddress): Uint8Array {
  const words = family === AddressFamily.ipv4 ? [w0] : [w0, w1, w2, w3];
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
  return bytes;
}

/** The address of four or sixteen bytes; undefined for others. */
export function addressOfBytes(bytes: Uint8Array | undefined): IpAddress | undefined {
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return new IpAddress(AddressFamily.ipv4, view.getUint32(0));
  if (bytes.length !== 16) return undefined;
  return new IpAddress(
    AddressFamily.ipv6,
    view.getUint32(0),
    view.getUint32(4),
    view.getUint32(8),
    view.getUint32(12),
  );
}
