import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { errorCode, errorText } from '../../../src/netlink/errno.js';

test('names are those of this system', () => {
  const aliases = new Set(['EWOULDBLOCK', 'ENOTSUP', 'EDEADLOCK']);
  for (const [name, number] of Object.entries(constants.errno)) {
    if (!aliases.has(name)) expect(errorCode(number)).toBe(name);
  }
});

test('texts are those of glibc', () => {
  expect(errorText(34)).toBe('Numerical result out of range');
  expect(errorText(16)).toBe('Device or resource busy');
  expect(errorText(133)).toBe('Memory page has hardware error');
});

test('unknown numbers have a name and a text', () => {
  expect(errorCode(4095)).toBe('E4095');
  expect(errorText(4095)).toBe('Unknown error 4095');
});
