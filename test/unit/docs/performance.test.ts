import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const tableLines = (name: string): string[] => readFileSync(name, 'utf8').match(/^\|.*\|$/gm) ?? [];

test('the performance table of README.md has figures of docs/performance.md', () => {
  const shown = readFileSync('README.md', 'utf8').split('## Performance')[1]?.split('\n## ')[0] ?? '';
  const lines = shown.match(/^\|.*\|$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(4);
  const squeezed = (line: string): string => line.replace(/ +|-{3,}/g, ' ');
  expect(tableLines('docs/performance.md').map(squeezed)).toEqual(
    expect.arrayContaining(lines.map(squeezed)) as string[],
  );
});
