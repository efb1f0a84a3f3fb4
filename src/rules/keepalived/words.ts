/** A piece of a line: a word without its quotes, or a brace of a block. */
export interface Piece {
  readonly text: string;
  readonly brace: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The line up to its comment, which `#` or `!` outside of quotes begins. */
export function withoutComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === '\\') i++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '#' || character === '!') return line.slice(0, i);
  }
  return line;
}

/** The words and braces of a line without comment, as keepalived.conf(5) quotes them. */
export function splitLine(line: string): Piece[] {
  const pieces: Piece[] = [];
  let word: string | undefined;
  let quote = '';
  const end = (): void => {
    if (word !== undefined) pieces.push({ text: word, brace: false });
    word = undefined;
  };
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === '\\') {
      const next = line.charAt(++i);
      word = (word ?? '') + (escapes[next] ?? next);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      end();
    } else if (character === '$' && line.charAt(i + 1) === '{') {
      // An unknown parameter, which stays as it is.
      const close = line.indexOf('}', i);
      const stop = close < 0 ? line.length : close + 1;
      word = (word ?? '') + line.slice(i, stop);
      i = stop - 1;
    } else if (character === '{' || character === '}') {
      end();
      pieces.push({ text: character, brace: true });
    } else {
      word = (word ?? '') + character;
    }
  }
  end();
  return pieces;
}
