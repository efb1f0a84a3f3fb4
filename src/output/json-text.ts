/** What a JSON text is made of; an undefined member is left out. Bigints are written as bare digits. */
export type JsonData =
  string | number | bigint | boolean | readonly JsonData[] | { readonly [key: string]: JsonData | undefined };

/** How a JSON text is laid out. */
export interface JsonLayout {
  /** A member or item a line, each level two blanks further in. */
  readonly pretty: boolean;
}

/** The JSON text of a value, without a line end. `depth` is the level of the line it begins on. */
export function jsonText(value: JsonData, layout: JsonLayout, depth = 0): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value !== 'object') return String(value);
  let text = '';
  const inner = depth + 1;
  if (isArray(value)) {
    for (const item of value) text += joint(text, layout, inner) + jsonText(item, layout, inner);
    return text === '' ? '[]' : `[${text}${lineBreak(layout, depth)}]`;
  }
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${joint(text, layout, inner)}${memberStart(key, layout)}${jsonText(member, layout, inner)}`;
  }
  return text === '' ? '{}' : `{${text}${lineBreak(layout, depth)}}`;
}

/**
 * The JSON text of an object whose last member is a long array, in pieces: what is before the array, each item,
 * and the end with a line end.
 */
export function* jsonPieces(
  head: { readonly [key: string]: JsonData | undefined },
  key: string,
  items: Iterable<JsonData>,
  layout: JsonLayout,
): Generator<string, void, undefined> {
  let text = '';
  for (const name in head) {
    const member = head[name];
    if (member === undefined) continue;
    text += `${joint(text, layout, 1)}${memberStart(name, layout)}${jsonText(member, layout, 1)}`;
  }
  yield `{${text}${joint(text, layout, 1)}${memberStart(key, layout)}[`;
  let previous = '';
  for (const item of items) {
    yield joint(previous, layout, 2) + jsonText(item, layout, 2);
    previous = ',';
  }
  yield `${previous === '' ? '' : lineBreak(layout, 1)}]${lineBreak(layout, 0)}}\n`;
}

function isArray(value: object): value is readonly JsonData[] {
  return Array.isArray(value);
}

function joint(previous: string, layout: JsonLayout, depth: number): string {
  return `${previous === '' ? '' : ','}${lineBreak(layout, depth)}`;
}

function lineBreak({ pretty }: JsonLayout, depth: number): string {
  return pretty ? `\n${'  '.repeat(depth)}` : '';
}

function memberStart(key: string, { pretty }: JsonLayout): string {
  return pretty ? `"${key}": ` : `"${key}":`;
}

/** Text in quotes, without control characters that could disturb a terminal. */
function stringText(text: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
