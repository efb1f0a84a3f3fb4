import { RuleError, TextPlaces } from '../rule-error.js';

/** Whether a rule file, as text or as a string of bytes, is JSON: whether its first character but blanks is `{`. */
export function isJson(text: string): boolean {
  return /^(?:\ufeff|\u00ef\u00bb\u00bf)?[ \t\r\n]*\{/.test(text);
}

/** The text of a JSON file given as a string of bytes. Throws {@link RuleError} where it is not UTF-8. */
export function decodeJson(bytes: string): string {
  if (!/[^\0-\x7f]/.test(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString();
  // U+FFFD may stand in a text, but hardly ever does.
  const bad = text.indexOf('\ufffd');
  if (bad >= 0 && Buffer.from(text).toString('latin1') !== bytes) {
    throw new RuleError(new TextPlaces(text).place(bad), 'not UTF-8');
  }
  return text;
}
