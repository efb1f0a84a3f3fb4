import { nameOfNumber, type Keys, type NameRow } from '../../ipvs/json-form.js';
import { RuleError, type TextPlaces } from '../rule-error.js';
import { showText, type JsonMember, type JsonNode } from './parse.js';

/** A value of a JSON text, with the path that leads to it and what to say when it is not what it should be. */
export class JsonValue {
  readonly #places: TextPlaces;
  readonly #node: JsonNode;
  readonly #path: string;

  constructor(places: TextPlaces, node: JsonNode, path = '') {
    this.#places = places;
    this.#node = node;
    this.#path = path;
  }

  /** The index of the first character. */
  get at(): number {
    return this.#node.at;
  }

  /** The error that says what is wrong with this value. */
  error(reason: string, at = this.#node.at): RuleError {
    return new RuleError(this.#places.place(at), this.#path === '' ? reason : `${this.#path}: ${reason}`);
  }

  /** The members of an object that has no other keys than these. */
  object<Name extends string>(keys: Keys<Name>): JsonObject<Name> {
    const node = this.#node;
    if (node.kind !== 'object') throw this.#wanted('an object');
    for (const [key, { keyAt }] of node.members) {
      if (!Object.hasOwn(keys, key)) throw this.error(`unknown key ${showText(key)}`, keyAt);
    }
    return new JsonObject(this, node.members, this.#member);
  }

  /** The items of an array. */
  array(): JsonValue[] {
    const node = this.#node;
    if (node.kind !== 'array') throw this.#wanted('an array');
    return node.items.map((item, index) => new JsonValue(this.#places, item, `${this.#path}[${index}]`));
  }

  string(): string {
    if (this.#node.kind !== 'string') throw this.#wanted('a string');
    return this.#node.value;
  }

  /** A whole number from `min` to `max`. */
  number(min: number, max: number): number {
    const node = this.#node;
    const value = node.kind === 'number' && /^-?[0-9]+$/.test(node.digits) ? Number(node.digits) : NaN;
    if (!(value >= min && value <= max)) throw this.#wanted(`a whole number from ${min} to ${max}`);
    return value + 0;
  }

  /** The number that one of these names stands for. */
  named(rows: readonly NameRow[]): number {
    const name = this.string();
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined) throw this.#wanted(rows.map((candidate) => showText(candidate.name)).join(' or '));
    return row.value;
  }

  /** The bits that these names stand for, each once at most. */
  bits(rows: readonly NameRow[]): number {
    let bits = 0;
    for (const item of this.array()) {
      const bit = item.named(rows);
      if ((bits & bit) !== 0) throw item.error(`${showText(String(nameOfNumber(rows, bit)))} comes twice`);
      bits |= bit;
    }
    return bits;
  }

  readonly #member = (key: string, node: JsonNode): JsonValue =>
    new JsonValue(this.#places, node, this.#path === '' ? key : `${this.#path}.${key}`);

  #wanted(what: string): RuleError {
    return this.error(`wanted ${what}, got ${showNode(this.#node)}`);
  }
}

/** The members of a JSON object. */
export class JsonObject<Name extends string> {
  readonly #owner: JsonValue;
  readonly #members: ReadonlyMap<string, JsonMember>;
  readonly #member: (key: string, node: JsonNode) => JsonValue;

  constructor(
    owner: JsonValue,
    members: ReadonlyMap<string, JsonMember>,
    member: (key: string, node: JsonNode) => JsonValue,
  ) {
    this.#owner = owner;
    this.#members = members;
    this.#member = member;
  }

  get(key: Name): JsonValue | undefined {
    const found = this.#members.get(key);
    return found === undefined ? undefined : this.#member(key, found.value);
  }

  require(key: Name): JsonValue {
    const value = this.get(key);
    if (value === undefined) throw this.#owner.error(`the key "${key}" is missing`);
    return value;
  }

  /** Refuses these keys. */
  refuse(keys: readonly Name[], reason: string): void {
    for (const key of keys) {
      const value = this.get(key);
      if (value !== undefined) throw value.error(reason);
    }
  }

  /** The error for a key, or for the whole object where the key is not there. */
  error(key: Name, reason: string): RuleError {
    return (this.get(key) ?? this.#owner).error(reason);
  }
}

function showNode(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return showText(node.value);
    case 'number':
      return node.digits.length > 24 ? `${node.digits.slice(0, 24)}...` : node.digits;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'object':
      return 'an object';
    case 'array':
      return 'an array';
  }
}
