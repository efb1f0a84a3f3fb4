const blocks = ' ▁▂▃▄▅▆▇█';
const plainBlocks = ' .:-=+*#@';

/** The latest numbers as a line of so many characters, the newest at the right, the largest of them the highest. */
export function sparkline(values: readonly number[], width: number, unicode: boolean): string {
  const shown = values.slice(-width);
  const top = Math.max(...shown, 0);
  const levels = unicode ? blocks : plainBlocks;
  const line = shown.map((value) => {
    if (value <= 0 || top <= 0) return levels[0];
    return levels[Math.max(1, Math.round((value / top) * (levels.length - 1)))];
  });
  return line.join('').padStart(width);
}
