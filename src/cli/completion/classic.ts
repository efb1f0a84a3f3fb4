import { legalGroup } from '../legality.js';
import {
  commandRows,
  optionRows,
  type CommandRow,
  type GroupId,
  type OptionId,
  type OptionRow,
} from '../options.js';
import { spellings } from '../parse.js';
import { continuing, noCompletion, type Candidate, type Completion } from './candidate.js';
import { findCursor, type Cursor } from './cursor.js';
import type { LiveTable } from './live.js';
import { serviceNamed } from './service.js';
import { valuesOf } from './values.js';

type Row = CommandRow | OptionRow;

/** What can stand in place of the last word of a command line in the original's spelling. */
export async function completeClassic(words: readonly string[], live: LiveTable): Promise<Completion> {
  const cursor = findCursor(words, spellings);
  if (cursor === undefined) return noCompletion;
  const given = new Map(cursor.before.map(({ row, value }) => [row.id, value]));
  const command = commandRows.find(({ id }) => given.has(id));
  const { valueOf, typed } = cursor;
  if (valueOf !== undefined) {
    const values = await valuesOf(longName(valueOf), {
      live,
      service: serviceNamed(given),
      adding: command?.id === 'add-server',
      scheduler: given.get('scheduler'),
    });
    const attached = values.map(({ word, help }) => ({ word: cursor.prefix + word, help }));
    const found = continuing(attached, cursor.prefix + typed);
    if (valueOf.value?.optional !== true || cursor.prefix !== '') return found;
  }
  return continuing(options(command, cursor), typed);
}

function longName(row: Row): string {
  return 'long' in row ? row.long : row.id;
}

function options(command: CommandRow | undefined, { before, typed }: Cursor<Row>): Candidate[] {
  if (command === undefined)
    return commandRows.map((row) => spelling(row.short[0], row.long, row.help, typed));
  const groups = new Set<GroupId>();
  const ids = new Set<string>();
  for (const { row } of before) {
    ids.add(row.id);
    if ('group' in row) groups.add(row.group);
  }
  return optionRows
    .filter((row) => isLegal(command, row, groups, ids))
    .map((row) => spelling(row.short, row.id, row.help, typed));
}

/** Options without a group of their own go with those that give them a meaning. */
const goesWith: Readonly<Partial<Record<OptionId, OptionId | CommandRow['id']>>> = {
  ipv6: 'fwmark-service',
  sort: 'list',
};

function isLegal(
  command: CommandRow,
  { id, group }: OptionRow,
  groups: ReadonlySet<GroupId>,
  ids: ReadonlySet<string>,
): boolean {
  if (group !== undefined) return legalGroup(command.id, group, groups);
  return ids.has(goesWith[id] ?? command.id) && !ids.has(id);
}

/** The letter of an option, or its name where that is what is being typed or there is no letter. */
function spelling(short: string | undefined, long: string, help: string, typed: string): Candidate {
  return { word: short === undefined || typed.startsWith('--') ? `--${long}` : `-${short}`, help };
}
