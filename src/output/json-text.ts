/** What a JSON text is made of; an undefined member is left out. Bigints are written as bare digits. */
export type JsonData = string | number | bigint | boolean | readonly JsonData[] | JsonMembers;

/** The members of a JSON object. */
export interface JsonMembers {
  readonly [key: string]: JsonData | undefined;
}

/** How a JSON text is laid out. */
export interface JsonLayout {
  /** A member or item a line, each level two blanks further in. */
  readonly pretty: boolean;
}

/** The JSON text of a value, without a line end. */
export function jsonText(value: JsonData, layout: JsonLayout): string {
  const parts: string[] = [];
  append(parts, value, layout, 0);
  return parts.join('');
}

/**
 * The JSON text of an object whose last member is a long array, in pieces: what is before the array, each item,
 * and the end with a line end.
 */
export function* jsonPieces(
  head: JsonMembers,
  key: string,
  items: Iterable<JsonData>,
  layout: JsonLayout,
): Generator<string, void, undefined> {
  const parts: string[] = ['{'];
  const members = appendMembers(parts, head, layout, 1);
  parts.push(members === 0 ? '' : ',', lineBreak(layout, 1), memberStart(key, layout), '[');
  yield parts.join('');
  let count = 0;
  for (const item of items) {
    parts.length = 0;
    parts.push(count++ === 0 ? '' : ',', lineBreak(layout, 2));
    append(parts, item, layout, 2);
    yield parts.join('');
  }
  yield `${count === 0 ? '' : lineBreak(layout, 1)}]${lineBreak(layout, 0)}}\n`;
}

/** `depth` is the level of the line on which the value begins. */
function append(parts: string[], value: JsonData, layout: JsonLayout, depth: number): void {
  if (typeof value === 'string') {
    parts.push(stringText(value));
  } else if (typeof value !== 'object') {
    parts.push(String(value));
  } else if (isArray(value)) {
    parts.push('[');
    for (let index = 0; index < value.length; index++) {
      if (index > 0) parts.push(',');
      if (layout.pretty) parts.push(lineBreak(layout, depth + 1));
      append(parts, value[index] as JsonData, layout, depth + 1);
    }
    if (layout.pretty && value.length > 0) parts.push(lineBreak(layout, depth));
    parts.push(']');
  } else {
    parts.push('{');
    const count = appendMembers(parts, value, layout, depth + 1);
    if (layout.pretty && count > 0) parts.push(lineBreak(layout, depth));
    parts.push('}');
  }
}

/** Gives how many there were. */
function appendMembers(parts: string[], members: JsonMembers, layout: JsonLayout, depth: number): number {
  let count = 0;
  for (const key in members) {
    const member = members[key];
    if (member === undefined) continue;
    if (count++ > 0) parts.push(',');
    if (layout.pretty) parts.push(lineBreak(layout, depth));
    parts.push(memberStart(key, layout));
    append(parts, member, layout, depth);
  }
  return count;
}

function isArray(value: object): value is readonly JsonData[] {
  return Array.isArray(value);
}

function lineBreak({ pretty }: JsonLayout, depth: number): string {
  return pretty ? `\n${'  '.repeat(depth)}` : '';
}

const memberStarts = new Map<string, string>();

/** A key and what stands before its value. There are few keys: each is put together once. */
function memberStart(key: string, { pretty }: JsonLayout): string {
  let start = memberStarts.get(key);
  if (start === undefined) {
    start = `${stringText(key)}:`;
    memberStarts.set(key, start);
  }
  return pretty ? `${start} ` : start;
}

/** Text in quotes, without control characters that could disturb a terminal. */
function stringText(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
