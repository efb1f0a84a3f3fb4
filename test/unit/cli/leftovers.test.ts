import { expect, test } from 'vitest';
import { leftoversText } from '../../../src/cli/leftovers.ts';

function failure(operation: string, message: string): Parameters<typeof leftoversText>[0][number] {
  return { index: 0, operation, errno: 3, message, extendedAck: undefined };
}

test('a reason is told once, however often it came', () => {
  const servers = Array.from({ length: 2000 }, () => failure('newDest', 'Service not defined'));
  expect(leftoversText([failure('delService', 'No such service'), ...servers])).toBe(
    'delService: No such service; newDest: Service not defined (2000 times)',
  );
});
