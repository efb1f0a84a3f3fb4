import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readWhole, readWholeFile } from '../../../src/cli/whole-text.ts';

function endless(most: number): () => Buffer {
  return () => {
    const descriptor = openSync('/dev/zero', 'r');
    try {
      return readWhole(descriptor, most);
    } finally {
      closeSync(descriptor);
    }
  };
}

test('a text without end is refused, not cut', () => {
  expect(endless(3_000_000)).toThrow('more than 3 MB');
});

test('a file is read as it is', () => {
  const path = fileURLToPath(import.meta.url);
  expect(readWholeFile(Buffer.from(path))).toContain('a file is read as it is');
  expect(readWholeFile(Buffer.from('/dev/null'))).toBe('');
  expect(() => readWholeFile(Buffer.from('/'))).toThrow('EISDIR');
});
