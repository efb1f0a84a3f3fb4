import type { ApplyLimits } from '../rules/apply.js';
import { parseSelectors, scopeOf, selectorForms, type Selector } from '../rules/selector.js';
import { UsageError } from './errors.js';
import { printable } from './printable.js';
import { parseNumber } from './values.js';
import type { WordValues } from './words.js';

/** What `--only`, `--except`, `--keep-weights` and `--no-delete` leave of the table. */
export function limitsOf({ options }: WordValues): ApplyLimits {
  return {
    scope: scopeOf(selectorsOf(options, 'only'), selectorsOf(options, 'except')),
    keepWeights: options.has('keep-weights'),
    keepExtra: options.has('no-delete'),
  };
}

/** The selectors given to a repeatable option. */
export function selectorsOf(options: WordValues['options'], name: string): Selector[] {
  const texts = options.get(name);
  if (typeof texts !== 'object') return [];
  return texts.map((text) => {
    const selector = parseSelectors(text);
    if (selector !== undefined) return selector;
    throw new UsageError(
      `--${name} ${printable(text)}: no such form; selectors look like ${selectorForms}, several with commas between`,
    );
  });
}

/** Whole seconds given to an option: undefined where the option has no value or is not there. */
export function secondsOf({ options }: WordValues, name: string): number | undefined {
  const text = options.get(name);
  if (typeof text !== 'string') return undefined;
  const seconds = parseNumber(text, 0, 0x7fffffff);
  if (seconds === undefined) {
    throw new UsageError(`--${name} ${printable(text)}: a whole number of seconds is needed`);
  }
  return seconds;
}
