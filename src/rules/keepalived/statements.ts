import { configurationLines, type ReadOptions } from './lines.js';
import { ConfigurationError, type ConfigurationPlace, type ConfigurationText } from './source.js';
import { splitLine } from './words.js';

/** A keyword with its values, and what stands in braces behind it. */
export interface Statement {
  readonly place: ConfigurationPlace;
  readonly keyword: string;
  readonly values: readonly string[];
  readonly body: readonly Statement[] | undefined;
}

interface OpenStatement extends Statement {
  body: OpenStatement[] | undefined;
}

/** The statements of a configuration with all that it includes. Throws {@link ConfigurationError}. */
export function readStatements(source: ConfigurationText, options: ReadOptions): readonly Statement[] {
  const top: OpenStatement[] = [];
  const open: OpenStatement[] = [];
  for (const { place, text } of configurationLines(source, options)) {
    let words: string[] = [];
    const end = (): void => {
      const [keyword, ...values] = words;
      words = [];
      if (keyword !== undefined) (open.at(-1)?.body ?? top).push({ place, keyword, values, body: undefined });
    };
    for (const piece of splitLine(text)) {
      if (!piece.brace) {
        words.push(piece.text);
        continue;
      }
      end();
      if (piece.text === '{') {
        // The brace may stand in a line of its own.
        const block = (open.at(-1)?.body ?? top).at(-1);
        if (block === undefined || block.body !== undefined)
          throw new ConfigurationError(place, '{ without a keyword');
        block.body = [];
        open.push(block);
      } else if (open.pop() === undefined) {
        throw new ConfigurationError(place, '} without a {');
      }
    }
    end();
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw new ConfigurationError(unclosed.place, `the { of this ${unclosed.keyword} is not closed`);
  }
  return top;
}
