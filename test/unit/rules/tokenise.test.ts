import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenise } from '../../../src/rules/tokenise.js';

test.each([
  ['-A -t 10.0.0.1:80', ['-A', '-t', '10.0.0.1:80']],
  ['  \t-A\t\t-t   x \r', ['-A', '-t', 'x']],
  ['', []],
  [' \t\r', []],
  ['# -A', []],
  [' # -A', ['#', '-A']],
  ['ipvsadm -A ipvsadm -t ipvsadm', ['-A', '-t']],
  ['ipvsadm-x', ['ipvsadm-x']],
  ['"-A" \'x y\'', ['"-A"', "'x", "y'"]],
  ['-A -s r\0r -t', ['-A', '-s', 'r', '-t']],
  ['ipvsadm\0x \0 y', ['', 'y']],
])('%j', (line, words) => {
  expect(tokenise(line)).toEqual(words);
});

test('words come back whatever stands between them', () => {
  const word = fc
    .string({ minLength: 1 })
    .filter((text) => /^[^ \t\r\n\0]+$/.test(text) && text !== 'ipvsadm');
  const gap = fc.stringMatching(/^[ \t\r]{1,5}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, word)), (parts) => {
      const line = ` ${parts.map(([blank, text]) => blank + text).join('')}`;
      expect(tokenise(line)).toEqual(parts.map(([, text]) => text));
    }),
  );
});

test('a word of a million characters is one word', () => {
  expect(tokenise(`-s ${'x'.repeat(1_000_000)} -o`).map((word) => word.length)).toEqual([2, 1_000_000, 2]);
});
