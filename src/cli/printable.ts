/** A character of UTF-8, or else one byte, in a string of bytes. */
const characters =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[^]/g;
const control = /^(?:\xc2?[\x80-\x9f]|[\0-\x1f\x7f])$/;

/**
 * A string of bytes without control characters: what comes from outside must not steer a terminal. Other bytes stay,
 * whether they are UTF-8 or not.
 */
export function printable(bytes: string): string {
  if (/^[\x20-\x7e]*$/.test(bytes)) return bytes;
  return bytes.replace(characters, (character) => {
    if (character === '\t') return ' ';
    return control.test(character) ? '?' : character;
  });
}
