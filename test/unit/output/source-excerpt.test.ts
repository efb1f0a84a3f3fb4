import { expect, test } from 'vitest';
import { sourceExcerpt } from '../../../src/output/source-excerpt.js';

test('a short line is shown whole', () => {
  expect(sourceExcerpt('-A -t 10.0.0.1', 4)).toBe('  -A -t 10.0.0.1\n     ^\n');
});

test('of a long line the part around the mistake is shown, with the mark below it', () => {
  const excerpt = sourceExcerpt(`${'a'.repeat(5000)}X${'b'.repeat(5000)}`, 5001);
  const [text = '', mark = ''] = excerpt.split('\n');
  expect(text).toMatch(/^ {2}\.\.\.a+Xb+\.\.\.$/);
  expect(text.length).toBeLessThan(120);
  expect(mark.indexOf('^')).toBe(text.indexOf('X'));
});

test.each([1, 5000])('at column %i of a long line nothing is left out on that side', (column) => {
  const [text = '', mark = ''] = sourceExcerpt('x'.repeat(5000), column).split('\n');
  expect(text.startsWith('  ...')).toBe(column !== 1);
  expect(text.endsWith('...')).toBe(column === 1);
  expect(text[mark.indexOf('^')]).toBe('x');
});
