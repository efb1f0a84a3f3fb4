import { ExitStatus, UsageError } from './errors.js';
import {
  formatRows,
  groupRows,
  listingConflicts,
  listingKinds,
  tunnelGroups,
  tunnelRows,
  type CommandId,
  type FormatName,
  type FormatRow,
  type GroupId,
  type Use,
} from './options.js';

// Loops in place of functions that are called for each row: those would be compiled at every start.
const groupIndex = new Map<GroupId, number>();
for (const { id } of groupRows) groupIndex.set(id, groupIndex.size);

/** The groups of options that a command line has, as two words of bits. */
export class GroupSet {
  #low: number;
  #high: number;

  /** Words of bits by index of the group. */
  constructor(low = 0, high = 0) {
    this.#low = low;
    this.#high = high;
  }

  has(group: GroupId): boolean {
    return this.hasIndex(groupIndex.get(group) ?? 0);
  }

  hasIndex(index: number): boolean {
    return ((index < 32 ? this.#low : this.#high) & (1 << (index & 31))) !== 0;
  }

  /** False when it was there already. */
  add(group: GroupId): boolean {
    const index = groupIndex.get(group) ?? 0;
    if (this.hasIndex(index)) return false;
    if (index < 32) this.#low |= 1 << index;
    else this.#high |= 1 << (index & 31);
    return true;
  }

  /** Whether all of `least` are in it, and none that is not in `most`. */
  isBetween(least: GroupSet, most: GroupSet): boolean {
    return (
      (least.#low & ~this.#low) === 0 &&
      (least.#high & ~this.#high) === 0 &&
      (this.#low & ~most.#low) === 0 &&
      (this.#high & ~most.#high) === 0
    );
  }
}

/** What a command may and must have, by index of the group and as sets. */
interface Uses {
  readonly byIndex: readonly (Use | undefined)[];
  readonly least: GroupSet;
  readonly most: GroupSet;
}

const usesByCommand = new Map<CommandId, Uses>();

function usesOf(command: CommandId): Uses {
  const known = usesByCommand.get(command);
  if (known !== undefined) return known;
  const byIndex: (Use | undefined)[] = [];
  const least = [0, 0];
  const most = [0, 0];
  for (const { use } of groupRows) {
    const value = (use as Readonly<Partial<Record<CommandId, Use>>>)[command];
    const word = byIndex.length >>> 5;
    const bit = 1 << (byIndex.length & 31);
    if (value !== undefined) most[word] = (most[word] ?? 0) | bit;
    if (value === 'must') least[word] = (least[word] ?? 0) | bit;
    byIndex.push(value);
  }
  const uses = { byIndex, least: new GroupSet(...least), most: new GroupSet(...most) };
  usesByCommand.set(command, uses);
  return uses;
}

/**
 * Holds the options of a command line against the table of commands and options; throws {@link UsageError} for the
 * first violation in the table's order.
 */
export function checkGroups(command: CommandId, groups: GroupSet): void {
  const { byIndex, least, most } = usesOf(command);
  if (!groups.isBetween(least, most)) findViolation(command, groups, byIndex);
  if (command !== 'list') return;
  const kinds = listingKinds.filter((kind) => groups.has(kind));
  const [kind, other] = kinds;
  if (kind !== undefined && other !== undefined) throw kindConflict(kind, other);
  if (kind !== undefined && listingConflicts[kind]?.some((group) => groups.has(group)) === true) {
    throw new UsageError('options conflicts in the list command');
  }
}

/** Throws for the first group that the command does not have or that it needs. */
function findViolation(command: CommandId, groups: GroupSet, uses: Uses['byIndex']): void {
  let kind: GroupId | undefined;
  for (let index = 0; index < groupRows.length; index++) {
    const use = uses[index];
    if (!groups.hasIndex(index)) {
      if (use === 'must') {
        throw misplaced(
          nameOf(index),
          `You need to supply the '${nameOf(index)}' option for the '${command}' command`,
        );
      }
      continue;
    }
    if (use === undefined) {
      throw misplaced(nameOf(index), `Illegal '${nameOf(index)}' option with the '${command}' command`);
    }
    if (command !== 'list' || !listingKinds.includes(nameOf(index))) continue;
    if (kind !== undefined) throw kindConflict(kind, nameOf(index));
    kind = nameOf(index);
  }
}

function kindConflict(kind: GroupId, other: GroupId): UsageError {
  return new UsageError(`The option '${other}' conflicts with the '${kind}' option in the 'list' command`);
}

/** Holds the output options against what is printed and against one another; throws {@link UsageError}. */
export function checkFormat(command: CommandId, groups: GroupSet, format: FormatName): void {
  const listing = listingKinds.find((group) => groups.has(group) && group !== 'service-address');
  const kinds: FormatRow['kinds'] = formatRows.find(({ name }) => name === format)?.kinds ?? [];
  if (!kinds.some((kind) => kind === (command === 'save' ? 'save' : (listing ?? 'table')))) {
    const other = command === 'save' ? '' : `'${listing ?? ''}' option in the `;
    throw misplaced('format', `The format '${format}' conflicts with the ${other}'${command}' command`);
  }
  for (const group of ['pretty', 'names'] as const) {
    if (groups.has(group) && format !== 'json') {
      throw misplaced(group, `You need to supply the 'json' option for the '${group}' option`);
    }
  }
  if (groups.has('names') && groups.has('numeric')) {
    throw misplaced(
      'names',
      `The option 'names' conflicts with the 'numeric' option in the '${command}' command`,
    );
  }
}

function misplaced(group: GroupId, message: string): UsageError {
  return new UsageError(message, ExitStatus.usage, group);
}

function nameOf(index: number): GroupId {
  const row = groupRows[index];
  if (row === undefined) throw new RangeError(`no option group ${index}`);
  return row.id;
}

/** Holds the tunnel options against the forwarding method and the tunnel type; throws {@link UsageError}. */
export function checkTunnel(groups: GroupSet, tunnelling: boolean, tunnelType: number): void {
  if (!tunnelling) {
    if (groups.has('tun-type') || tunnelGroups.some((group) => groups.has(group))) {
      throw new UsageError('Tunnel options conflict with forward method');
    }
    return;
  }
  const row = tunnelRows[tunnelType];
  if (row === undefined) return;
  const type = `the '${row.name}' tunnel type`;
  let chosen: GroupId | undefined;
  for (const group of tunnelGroups) {
    if (!groups.has(group)) {
      if (row.use[group] === 'must')
        throw misplaced(group, `You need to supply the '${group}' option for ${type}`);
      continue;
    }
    if (row.use[group] === undefined) throw misplaced(group, `Illegal '${group}' option with ${type}`);
    if (!row.oneOf.includes(group)) continue;
    if (chosen !== undefined) {
      throw misplaced(group, `The option '${group}' conflicts with the '${chosen}' option in ${type}`);
    }
    chosen = group;
  }
}

/** Whether a command line with these groups may have one more, as far as the table can say. */
export function legalGroup(command: CommandId, group: GroupId, present: ReadonlySet<GroupId>): boolean {
  const index = groupIndex.get(group) ?? 0;
  if (present.has(group) || usesOf(command).byIndex[index] === undefined) return false;
  if (command !== 'list') return true;
  const kind = listingKinds.find((other) => present.has(other));
  if (kind !== undefined && listingKinds.includes(group)) return false;
  if (kind !== undefined && listingConflicts[kind]?.includes(group) === true) return false;
  return listingConflicts[group]?.some((other) => present.has(other)) !== true;
}
