import {
  ConfigurationError,
  type ConfigurationPlace,
  type ConfigurationText,
  type Inclusion,
  type Notify,
} from './source.js';
import { withoutComment } from './words.js';

/** How a configuration is read. */
export interface ReadOptions {
  readonly inclusion: Inclusion;
  readonly notify: Notify;
  /** What lines beginning with `@` are compared with. */
  readonly configId?: string | undefined;
}

/** A line with parameters replaced, conditions decided and without its comment. */
export interface ConfigurationLine {
  readonly place: ConfigurationPlace;
  readonly text: string;
}

const deepestInclusion = 32;
const mostFiles = 10_000;
const mostReplacements = 10_000;
const longestLine = 1_000_000;

const includeLine = /^include[rmwba]?\s+(\S.*)$/;
const definition = /^\s*\$([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;
const parameter = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*)(?=\s|$))/;

/** The lines of a configuration with all that it includes. Throws {@link ConfigurationError}. */
export function configurationLines(
  source: ConfigurationText,
  options: ReadOptions,
): Iterable<ConfigurationLine> {
  return new LineReader(options).read(source, 1);
}

function isContinued(line: string): boolean {
  return line.trimEnd().endsWith('\\');
}

class LineReader {
  readonly #options: ReadOptions;
  readonly #parameters = new Map<string, string>([
    ['_HASH', '#'],
    ['_BANG', '!'],
  ]);
  #files = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    if (options.configId !== undefined) this.#parameters.set('_INSTANCE', options.configId);
  }

  *read({ name, text }: ConfigurationText, depth: number): Generator<ConfigurationLine, void, undefined> {
    const lines = text.split(/\r?\n/);
    for (let i = 0; i < lines.length; i++) {
      const place = { name, line: i + 1 };
      const line = withoutComment(lines[i] ?? '');
      const pattern = includeLine.exec(line.trim())?.[1];
      if (pattern !== undefined) {
        yield* this.#include(pattern, place, depth);
        continue;
      }
      const continued = [line];
      if (definition.test(line)) {
        // A definition of several lines: all but the last end with a backslash.
        while (isContinued(continued.at(-1) ?? '') && i + 1 < lines.length) {
          continued.push(withoutComment(lines[++i] ?? ''));
        }
      }
      const last = continued.pop() ?? '';
      const written = [...continued.map((part) => part.trimEnd().slice(0, -1)), last].join('\n');
      yield* this.#lines(written, place);
    }
  }

  *#include(
    pattern: string,
    place: ConfigurationPlace,
    depth: number,
  ): Generator<ConfigurationLine, void, undefined> {
    if (depth >= deepestInclusion)
      throw new ConfigurationError(place, 'files include one another too deeply');
    const files = this.#options.inclusion.find(pattern.replace(/^(["'])(.*)\1$/, '$2'), place.name);
    if (files.length === 0) this.#options.notify(place, `include ${pattern} finds no file`);
    this.#files += files.length;
    if (this.#files > mostFiles) throw new ConfigurationError(place, 'too many files are included');
    for (const file of files) yield* this.read(file, depth + 1);
  }

  /** The lines that a line as written makes: several where it uses a definition of several lines. */
  *#lines(written: string, place: ConfigurationPlace): Generator<ConfigurationLine, void, undefined> {
    // The next line stands last.
    const pending = [written];
    let replacements = 0;
    for (let line = pending.pop(); line !== undefined; line = pending.pop()) {
      const wanted = this.#condition(line, place);
      if (wanted === undefined) continue;
      line = wanted;
      if (this.#define(line)) continue;
      if (/^\s*~SEQ/.test(line))
        throw new ConfigurationError(place, '~SEQ is not understood here: write its lines out');
      const found = this.#firstKnownParameter(line, place);
      if (found === undefined) {
        yield { place, text: line };
        continue;
      }
      if (++replacements > mostReplacements || line.length > longestLine) {
        throw new ConfigurationError(place, `the definition of ${found.match} leads to itself`);
      }
      const text = line.slice(0, found.index) + found.value + line.slice(found.index + found.match.length);
      // What stands in a definition is taken line by line: it may define anew what its later lines use.
      for (const part of text.split('\n').reverse()) pending.push(part);
    }
  }

  #define(line: string): boolean {
    const [all, name = '', value = ''] = definition.exec(line.split('\n', 1)[0] ?? '') ?? [];
    if (all === undefined) return false;
    const rest = line.includes('\n') ? line.slice(line.indexOf('\n') + 1) : '';
    this.#parameters.set(name, [value.trim(), rest].filter((part) => part !== '').join('\n'));
    return true;
  }

  /** The line without its condition; undefined where it is not fulfilled. */
  #condition(line: string, place: ConfigurationPlace): string | undefined {
    const [, not, id = '', rest] = /^\s*@(\^?)(\S*)([^]*)$/.exec(line) ?? [];
    if (rest === undefined) return line;
    const { configId } = this.#options;
    if (configId === undefined) {
      throw new ConfigurationError(
        place,
        `a line for one configuration only (@${id}): say with --config-id for which`,
      );
    }
    return (id === configId) === (not === '') ? rest : undefined;
  }

  #firstKnownParameter(
    line: string,
    place: ConfigurationPlace,
  ): { index: number; match: string; value: string } | undefined {
    for (let from = 0; from < line.length;) {
      const match = parameter.exec(line.slice(from));
      if (match === null) return undefined;
      const name = match[1] ?? match[2] ?? '';
      const value = name === '_PWD' ? place.name.replace(/\/?[^/]*$/, '') : this.#parameters.get(name);
      if (value !== undefined) return { index: from + match.index, match: match[0], value };
      from += match.index + match[0].length;
    }
    return undefined;
  }
}
