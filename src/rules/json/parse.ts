import { RuleError, TextPlaces } from '../rule-error.js';

/** A value of a JSON text, and the index of its first character. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: ReadonlyMap<string, JsonMember> }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'number'; readonly at: number; readonly digits: string }
  | { readonly kind: 'boolean'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly at: number };

export interface JsonMember {
  readonly keyAt: number;
  readonly value: JsonNode;
}

/** Objects and arrays within one another, at most. */
const deepest = 32;

/**
 * Reads a JSON text (RFC 8259) with the places of its values. Stricter than most: a key may come only once in an
 * object. Throws {@link RuleError}.
 */
export function parseJson(text: string): JsonNode {
  return new Parser(text).document();
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const plainPattern = /[^"\\\u0000-\u001f]*/y;
const wordPattern = /[A-Za-z0-9_$]+/y;
const escapes: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
    const value = this.#value();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
    return value;
  }

  #value(): JsonNode {
    this.#skipBlanks();
    const at = this.#at;
    const character = this.#text[at];
    if (character === '{') return this.#nested(() => this.#object(at));
    if (character === '[') return this.#nested(() => this.#array(at));
    if (character === '"') return { kind: 'string', at, value: this.#string() };
    const digits = this.#match(numberPattern);
    if (digits !== '') {
      if (this.#match(wordPattern) === '') return { kind: 'number', at, digits };
      throw this.#error(at, `${showText(this.#text.slice(at, this.#at))} is no number`);
    }
    const word = this.#match(wordPattern);
    if (word === 'true' || word === 'false') return { kind: 'boolean', at, value: word === 'true' };
    if (word === 'null') return { kind: 'null', at };
    this.#at = at;
    throw this.#unexpected('a value', word);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw this.#error(this.#at, `more than ${deepest} levels deep`);
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(at: number): JsonNode {
    const members = new Map<string, JsonMember>();
    if (this.#take('}')) return { kind: 'object', at, members };
    do {
      this.#skipBlanks();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (members.has(key)) throw this.#error(keyAt, `the key ${showText(key)} comes twice`);
      if (!this.#take(':')) throw this.#unexpected('a colon');
      members.set(key, { keyAt, value: this.#value() });
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected('a comma or }');
    return { kind: 'object', at, members };
  }

  #array(at: number): JsonNode {
    const items: JsonNode[] = [];
    if (this.#take(']')) return { kind: 'array', at, items };
    do {
      items.push(this.#value());
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected('a comma or ]');
    return { kind: 'array', at, items };
  }

  #string(): string {
    const start = this.#at++;
    let value = '';
    for (;;) {
      value += this.#match(plainPattern);
      const at = this.#at;
      const character = this.#text[at];
      if (character === '"') {
        this.#at++;
        return value;
      }
      if (character === undefined || character === '\n') throw this.#error(start, 'a string without its end');
      if (character !== '\\') throw this.#error(at, 'a control character in a string');
      value += this.#escape(at);
    }
  }

  #escape(at: number): string {
    const letter = this.#text[at + 1] ?? '';
    const plain = escapes[letter];
    if (plain !== undefined) {
      this.#at = at + 2;
      return plain;
    }
    const hex = this.#text.slice(at + 2, at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex))
      throw this.#error(at, 'an unknown escape in a string');
    this.#at = at + 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  /** Whether this character comes next, blanks aside; it is passed over then. */
  #take(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string, word = ''): RuleError {
    this.#skipBlanks();
    const code = this.#text.codePointAt(this.#at);
    const got =
      code === undefined ? 'the end of the text' : showText(word === '' ? String.fromCodePoint(code) : word);
    return this.#error(this.#at, `expected ${wanted}, got ${got}`);
  }

  #error(at: number, reason: string): RuleError {
    return new RuleError(new TextPlaces(this.#text).place(at), reason);
  }
}

const longestShown = 40;

/** Text of a file in double quotes, short, in printable ASCII. */
export function showText(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
