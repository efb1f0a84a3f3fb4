import { watchColumns, type WatchColumn } from '../../output/watch/columns.js';

/** What a key asks for. */
export type KeyAction =
  | { readonly kind: 'sort'; readonly column: WatchColumn }
  | { readonly kind: 'scroll'; readonly by: 'line' | 'page' | 'all'; readonly down: boolean }
  | { readonly kind: 'interval'; readonly longer: boolean }
  | { readonly kind: 'type'; readonly text: string }
  | {
      readonly kind:
        | 'quit'
        | 'interrupt'
        | 'suspend'
        | 'reverse'
        | 'pause'
        | 'redraw'
        | 'filter'
        | 'erase'
        | 'keep'
        | 'clear';
    };

/** Keys by what the terminal sends for them, whether or not the filter is being typed. */
const everywhere: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  ['\u0003', { kind: 'interrupt' }],
  ['\u001a', { kind: 'suspend' }],
  ['\u000c', { kind: 'redraw' }],
  ['\u001b[A', { kind: 'scroll', by: 'line', down: false }],
  ['\u001bOA', { kind: 'scroll', by: 'line', down: false }],
  ['\u001b[B', { kind: 'scroll', by: 'line', down: true }],
  ['\u001bOB', { kind: 'scroll', by: 'line', down: true }],
  ['\u001b[5~', { kind: 'scroll', by: 'page', down: false }],
  ['\u001b[6~', { kind: 'scroll', by: 'page', down: true }],
  ['\u001b[H', { kind: 'scroll', by: 'all', down: false }],
  ['\u001b[1~', { kind: 'scroll', by: 'all', down: false }],
  ['\u001b[F', { kind: 'scroll', by: 'all', down: true }],
  ['\u001b[4~', { kind: 'scroll', by: 'all', down: true }],
]);

const commands: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  ['q', { kind: 'quit' }],
  ['r', { kind: 'reverse' }],
  [' ', { kind: 'pause' }],
  ['/', { kind: 'filter' }],
  ['\u001b', { kind: 'clear' }],
  ['+', { kind: 'interval', longer: true }],
  ['-', { kind: 'interval', longer: false }],
  ...watchColumns.map((column): [string, KeyAction] => [column.key, { kind: 'sort', column }]),
]);

const typing: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  ['\r', { kind: 'keep' }],
  ['\n', { kind: 'keep' }],
  ['\u001b', { kind: 'clear' }],
  ['\u007f', { kind: 'erase' }],
  ['\b', { kind: 'erase' }],
]);

/** What a key does; undefined for one that does nothing. */
export function actionOf(key: string, isTyping: boolean): KeyAction | undefined {
  const known = everywhere.get(key) ?? (isTyping ? typing : commands).get(key);
  if (known !== undefined || !isTyping) return known;
  return /^[\x20-\x7e]$/.test(key) ? { kind: 'type', text: key } : undefined;
}

/** Takes what a terminal sends apart into keys. */
export function splitKeys(input: string): string[] {
  // An escape character begins the name of a key, unless nothing comes behind it.
  return input.match(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.)?|[^]/gu) ?? [];
}
