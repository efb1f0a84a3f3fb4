import {
  commandRows,
  groupRows,
  optionRows,
  type CommandId,
  type CommandRow,
  type GroupRow,
  type OptionRow,
} from '../../src/cli/options.ts';
import type { FuzzCommand, FuzzSequence } from './command.ts';
import type { Random } from './random.ts';
import { daemonStates, timeoutValues, valuePools, type ValuePool } from './values.ts';

/** How often each command comes. */
const commandWeights: Readonly<Record<CommandId, number>> = {
  'add-service': 20,
  'edit-service': 8,
  'delete-service': 5,
  flush: 1,
  list: 20,
  'add-server': 20,
  'delete-server': 5,
  'edit-server': 9,
  set: 3,
  'start-daemon': 4,
  'stop-daemon': 2,
  restore: 6,
  save: 6,
  zero: 3,
  help: 0,
  version: 1,
};

const drawnCommands = commandRows.flatMap((row) => new Array<CommandRow>(commandWeights[row.id]).fill(row));
/** What ipvsadm 1.31 does not have: there is nothing to compare it with. */
const extensions = ['format', 'pretty', 'names', 'atomic', 'all'];
const groups: readonly GroupRow[] = groupRows.filter(({ id }) => !extensions.includes(id));
const commandsPerSequence = 25;
const oddValue = 0.12;

/** How far a command line may be from one that makes sense. */
interface Manner {
  /** Options that the command does not have, lacking ones, odd values and mutations. */
  readonly isWild: boolean;
}

/** A sequence of commands, drawn from the table of options. */
export function randomSequence(random: Random): FuzzSequence {
  return Array.from({ length: 1 + random.below(2 * commandsPerSequence) }, () => randomCommand(random));
}

function randomCommand(random: Random): FuzzCommand {
  const command = random.pick(drawnCommands);
  const words = commandWords(random, command, { isWild: random.chance(0.7) });
  const final = random.chance(0.15) ? mutated(random, words) : words;
  const isRestore = final.some((word) => /^-R|^--restore/.test(word));
  return isRestore ? { words: final, input: restoreInput(random) } : { words: final };
}

/** Lines for -R, mostly such that none is a mistake: the original has carried out those before it. */
function restoreInput(random: Random): string {
  const rows = drawnCommands.filter(({ id }) => id !== 'restore' && id !== 'version');
  const isWild = random.chance(0.2);
  const lines = Array.from({ length: random.below(8) }, () => {
    const row = random.pick(rows);
    const made = commandWords(random, row, { isWild: false });
    const words = isWild && random.chance(0.3) ? mutated(random, made) : made;
    // A line has no way to write an empty word or one with a blank; lines that start with # are comments here.
    const written = words.filter((word) => word !== '' && !/[\s#{]/.test(word));
    if (random.chance(0.1)) written.unshift('ipvsadm');
    return `${random.pick(['', '', '', ' ', '\t'])}${written.join(random.pick([' ', ' ', '  ', '\t']))}`;
  });
  const ending = random.pick(['\n', '\n', '\r\n', '\n\n', ' \n']);
  return lines.map((line) => line + ending).join('');
}

function commandWords(random: Random, command: CommandRow, manner: Manner): string[] {
  const options = groups.filter((group) => isTaken(random, group, command.id, manner));
  const chosen = options.flatMap(({ id }) => {
    const rows = optionRows.filter((row) => row.group === id);
    const row = random.pick(rows);
    // Most services are of TCP, so that commands meet.
    const usual = id === 'service-address' && random.chance(0.6) ? rows[0] : row;
    return [{ row: usual ?? row, value: valueOf(random, usual ?? row, manner) }];
  });
  const ordered = random.chance(0.25) ? random.shuffled(chosen) : chosen;
  const words = ordered.flatMap(({ row, value }) => spelled(random, row, value));
  if (command.id === 'list' && !random.chance(0.1)) words.unshift('-n');
  // A save without it may write numbers where the original writes names.
  if (command.id === 'save') words.unshift('-n');
  const mark = words.findIndex((word) => word.startsWith('-f') || word.startsWith('--fwmark'));
  if (mark >= 0 && random.chance(0.3)) words.push('-6');
  return joined(random, [...commandStart(random, command, manner), ...words]);
}

function isTaken(random: Random, { id, use }: GroupRow, command: CommandId, { isWild }: Manner): boolean {
  if (use[command] === 'must') return !isWild || random.chance(0.96);
  if (use[command] === 'may') {
    return id !== 'numeric' && random.chance(id === 'service-address' ? 0.4 : 0.16);
  }
  return isWild && random.chance(0.006);
}

function commandStart(random: Random, command: CommandRow, manner: Manner): string[] {
  const isLong = command.short === '' || random.chance(0.2);
  const name = isLong ? `--${command.long}` : `-${command.short.charAt(random.below(command.short.length))}`;
  const words = command.words === undefined ? [] : [0, 1, 2].map(() => drawn(random, timeoutValues, manner));
  const value = command.value === undefined ? [] : [drawn(random, daemonStates, manner)];
  if (value.length > 0 && random.chance(0.3)) return [`${name}=${value.join('')}`];
  return [name, ...value, ...words];
}

function valueOf(random: Random, { id, value }: OptionRow, manner: Manner): string | undefined {
  if (!value || (value.optional === true && random.chance(0.4))) return undefined;
  const pool = valuePools[id];
  if (!pool) throw new Error(`no values for ${id}`);
  return drawn(random, pool, manner);
}

function drawn(random: Random, { usual, odd }: ValuePool, { isWild }: Manner): string {
  return random.pick(isWild && random.chance(oddValue) ? odd : usual);
}

function spelled(random: Random, row: OptionRow, value: string | undefined): string[] {
  const { short, id } = row;
  const name = short === undefined || random.chance(0.25) ? `--${id}` : `-${short}`;
  if (value === undefined) return [name];
  const isLong = name.startsWith('--');
  if (random.chance(0.15)) return [`${name}=${value}`];
  return !isLong && random.chance(0.15) ? [`${name}${value}`] : [name, value];
}

/** Puts the second word's letters behind the command's, now and then: `-L -n` becomes `-Ln`. */
function joined(random: Random, words: readonly string[]): string[] {
  const [first = '', second = '', ...rest] = words;
  const canJoin = /^-\w$/.test(first) && /^-\w/.test(second);
  return canJoin && random.chance(0.4) ? [`${first}${second.slice(1)}`, ...rest] : [...words];
}

type Mutation = (random: Random, words: string[], place: number) => void;

const mutations: readonly Mutation[] = [
  (_random, words, place) => void words.splice(place, 1),
  (_random, words, place) => void words.splice(place, 0, words[place] ?? ''),
  (random, words, place) => {
    const other = random.below(words.length);
    [words[place], words[other]] = [words[other] ?? '', words[place] ?? ''];
  },
  (random, words, place) => void words.splice(place, 0, anyWord(random)),
  (random, words, place) => void words.splice(place, 1, anyWord(random)),
  (random, words, place) => {
    const word = words[place] ?? '';
    const at = random.below(word.length + 1);
    words[place] = word.slice(0, at) + anyByte(random) + word.slice(at + random.below(2));
  },
  (random, words, place) => {
    const word = words[place] ?? '';
    words[place] = word.slice(0, random.below(word.length + 1));
  },
  (_random, words, place) => void words.splice(place, 2, words.slice(place, place + 2).join('=')),
  (_random, words, place) => void words.splice(place, 2, words.slice(place, place + 2).join('')),
  (random, words, place) => {
    words[place] = `${words[place] ?? ''}${'x'.repeat(random.below(120))}`;
  },
];

function mutated(random: Random, words: readonly string[]): string[] {
  const result = [...words];
  for (let left = 1 + random.below(2); left > 0 && result.length > 0; left -= 1) {
    random.pick(mutations)(random, result, random.below(result.length));
  }
  return result;
}

/** A word of any kind; none that would be one of our own words or options. */
function anyWord(random: Random): string {
  const row = random.pick(optionRows.filter(({ group = '' }) => !extensions.includes(group)));
  const command = random.pick(commandRows.filter(({ id }) => id !== 'help'));
  return random.pick([
    '--',
    '-',
    '',
    '=',
    'foo',
    '--bogus',
    '--bogus=1',
    '-q',
    `--${row.id}`,
    `-${row.short ?? ''}`,
    `--${row.id}=`,
    `--${command.long}`,
    `-${command.short}`,
    random.pick(valuePools['tcp-service']?.odd ?? []),
  ]);
}

/** Any byte but NUL, the end of a line, and the one that ends a command in what the lab gives back. */
function anyByte(random: Random): string {
  const byte = 1 + random.below(255);
  return byte === 10 || byte === 0x1e ? '=' : String.fromCharCode(byte);
}
