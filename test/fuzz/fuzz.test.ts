import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { fuzz } from './fuzz.ts';
import { conformanceCase } from './shrink.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

test('500 random commands do and print what the reference does', async () => {
  const { commands, found } = await fuzz(lab, { seed: 1, commands: 500, subject: 'resident', mostFound: 5 });
  expect(found.map((outcome) => conformanceCase(outcome, 'found')).join('\n\n')).toBe('');
  expect(commands).toBeGreaterThanOrEqual(500);
});
