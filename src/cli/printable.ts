/** A string of bytes without control characters: what comes from outside must not steer a terminal. */
export function printable(bytes: string): string {
  if (/^[\x20-\x7e]*$/.test(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString();
  return Buffer.from(text.replace(/\t/g, ' ').replace(/[\0-\x1f\x7f-\x9f]/g, '?')).toString('latin1');
}
