/** So many of a kind are named. */
const named = 3;

/** The first few of many lines, and how many more there are. */
export function firstFew(lines: readonly string[]): string[] {
  if (lines.length <= named) return [...lines];
  return [...lines.slice(0, named), `and ${lines.length - named} more`];
}
