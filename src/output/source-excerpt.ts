const widest = 100;

/**
 * The line of a text that a mistake stands in, and a mark below its column (from 1). Of a long line only the part
 * around the column is shown, with `...` for what is left out.
 */
export function sourceExcerpt(line: string, column: number): string {
  const characters = Array.from(line);
  const start = characters.length <= widest ? 0 : Math.max(0, column - 1 - widest / 2);
  const before = start > 0 ? '...' : '';
  const after = start + widest < characters.length ? '...' : '';
  const part = characters.slice(start, start + widest).join('');
  return `  ${before}${part}${after}\n  ${' '.repeat(before.length + column - 1 - start)}^\n`;
}
