import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Braces of a pattern give at most so many patterns. */
const mostPatterns = 1000;

/**
 * The files that an absolute pattern of `glob(3)` means, in order: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`. Wildcards take
 * no name that begins with a dot.
 */
export function findFiles(pattern: string): readonly string[] {
  return alternatives(pattern).flatMap((one) => {
    let found = ['/'];
    for (const part of one.split('/').filter((name) => name !== '')) {
      found = found.flatMap((folder) => matching(folder, part));
    }
    return found;
  });
}

function matching(folder: string, part: string): string[] {
  if (!/[*?[]/.test(part)) return existsSync(join(folder, part)) ? [join(folder, part)] : [];
  const expression = nameExpression(part);
  if (expression === undefined) return [];
  return namesIn(folder)
    .filter((name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined for a range from a later character to an earlier one: it means no name. */
function nameExpression(part: string): RegExp | undefined {
  const source = part.replace(/\*+|\?|\[([!^]?)(\]?[^\]]*)\]|[^]/g, (piece, not?: string, set?: string) => {
    if (piece.startsWith('*')) return '[^]*';
    if (piece === '?') return '[^]';
    if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[\\\][^]/g, String.raw`\$&`)}]`;
    return piece.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return undefined;
  }
}

/** `a{b,c}` is `ab` and `ac`. */
function alternatives(pattern: string): readonly string[] {
  let all = [pattern];
  for (;;) {
    const next = all.flatMap((one) => {
      const match = /^([^]*)\{([^{}]*,[^{}]*)\}([^]*)$/.exec(one);
      if (match === null) return [one];
      const [, head = '', list = '', tail = ''] = match;
      return list.split(',').map((item) => head + item + tail);
    });
    if (next.length === all.length || next.length > mostPatterns) return next;
    all = next;
  }
}
