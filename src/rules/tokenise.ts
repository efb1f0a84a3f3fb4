/**
 * The words of a line of rules: separated by blanks, tabs and carriage returns, without quoting, the word `ipvsadm`
 * left out wherever it stands. A line that starts with `#` has none.
 */
export function tokenise(line: string): string[] {
  const words: string[] = [];
  if (line.startsWith('#')) return words;
  let start = -1;
  for (let i = 0; i <= line.length; i++) {
    const code = i < line.length ? line.charCodeAt(i) : 32;
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      const word = line.slice(start, i);
      if (word !== 'ipvsadm') words.push(word);
      start = -1;
    }
  }
  return words;
}
