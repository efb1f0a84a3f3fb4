/**
 * The words of a line of rules: separated by blanks, tabs and carriage returns, without quoting, the word `ipvsadm`
 * left out wherever it stands. A line that starts with `#` has none. A zero byte ends a word, as it does in C; what
 * follows it up to the next blank is not read.
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
      const word = upToZero(line.slice(start, i));
      if (word !== 'ipvsadm') words.push(word);
      start = -1;
    }
  }
  return words;
}

function upToZero(word: string): string {
  const zero = word.indexOf('\0');
  return zero < 0 ? word : word.slice(0, zero);
}
