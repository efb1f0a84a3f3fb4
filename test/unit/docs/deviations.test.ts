import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAllCases } from '../../conformance/case-files.ts';
import { projectRoot } from '../../lab/project.ts';
import { readManPage } from './man-page.ts';

const rows = readFileSync(join(projectRoot, 'test/conformance/deviations.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| *(?:\d+|new) /.test(line))
  .map((line) => {
    const [number = '', , tests = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { number, tests: Array.from(tests.matchAll(/`(?<test>[^`]+)`/g), (match) => match[1] ?? '') };
  });
const listed = rows.flatMap(({ tests }) => tests);
const cases = readAllCases().map((one) => ({
  name: `${one.topic}.case: ${one.title}`,
  deviates: one.table !== undefined || one.steps.some(({ deviation }) => deviation !== undefined),
}));

test('every deviation of ipvsadm(8) has a test', () => {
  const numbers = readManPage('ipvsadm.8')
    .tags.filter(({ section, text }) => section === 'COMPATIBILITY' && /^\d/.test(text))
    .map(({ text }) => text.replace('.', ''));
  const tested = rows.filter(({ number, tests }) => number !== 'new' && tests.length > 0);
  expect([...new Set(tested.map(({ number }) => number))]).toEqual(numbers);
});

test('every case that deviates is listed, and what is listed as a case deviates', () => {
  const deviating = cases.filter(({ deviates }) => deviates).map(({ name }) => name);
  const listedCases = listed.filter((name) => name.includes('.case: '));
  expect(listedCases.toSorted()).toEqual(deviating.toSorted());
});

test('the other tests are there', () => {
  const missing = listed
    .filter((name) => !name.includes('.case: '))
    .filter((name) => {
      const [path = '', ...title] = name.split(': ');
      return !readFileSync(join(projectRoot, path), 'utf8').includes(`'${title.join(': ')}'`);
    });
  expect(missing).toEqual([]);
});
