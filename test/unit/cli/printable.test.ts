import { expect, test } from 'vitest';
import { printable } from '../../../src/cli/printable.js';

const bytes = (text: string): string => Buffer.from(text).toString('latin1');

test.each([
  ['plain text stays', 'a b~', 'a b~'],
  ['a tab is a blank', 'a\tb', 'a b'],
  ['control characters are question marks', 'a\u001b[2J\u0000\u007f\n', 'a?[2J???'],
  ['those of eight bits too, alone and in UTF-8', `\u009b${bytes('\u009b\u0085')}`, '???'],
  ['letters in UTF-8 stay', bytes('größe €𝄞'), bytes('größe €𝄞')],
  ['bytes that are no UTF-8 stay', 'r\u00ffr\u00c3', 'r\u00ffr\u00c3'],
  ['a control byte behind half a character is one', '\u00e2\u0082', '\u00e2?'],
])('%s', (_what, given, expected) => {
  expect(printable(given)).toBe(expected);
});
