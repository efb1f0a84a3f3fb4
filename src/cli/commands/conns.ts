import { connectionBlocks, type Connection } from '../../ipvs/connections.js';
import {
  connectionGroupings,
  groupKey,
  groupLines,
  groupsJson,
  type ConnectionGrouping,
} from '../../output/connection-groups.js';
import { connectionLine, connectionsTitle } from '../../output/connections.js';
import { connectionJson } from '../../output/json.js';
import { jsonText } from '../../output/json-text.js';
import { optimizeEarly } from '../compilation-node.js';
import { connectionFilter, type ConnectionFilter } from '../conns/filter.js';
import { FrequentKeys } from '../conns/frequent-keys.js';
import { ExitStatus, UsageError } from '../errors.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';
import { parseNumber } from '../values.js';
import type { RunWord, WordValues } from '../words.js';
import { connectionNames } from './entry-names.js';

/** So many groups are counted exactly; see {@link FrequentKeys}. */
const exactGroups = 65_536;

/** `ipvsadm conns`: the connections that a filter lets through, listed, counted, or counted by what they share. */
export const run: RunWord = async ({ withSession }, values) => {
  const filter = connectionFilter(values);
  const by = groupingsOf(values);
  const top = topOf(values, by);
  const json = values.options.has('json');
  return withSession(async (session) => {
    optimizeEarly();
    if (values.options.has('count')) count(session, filter, json);
    else if (by.length > 0) countGroups(session, filter, by, top, json);
    else await list(session, filter, json, !values.options.has('names'));
    return ExitStatus.ok;
  });
};

function groupingsOf({ options }: WordValues): ConnectionGrouping[] {
  const given = options.get('by');
  if (typeof given !== 'object') return [];
  if (options.has('count')) throw new UsageError('either --count or --by');
  return given
    .flatMap((text) => text.split(','))
    .map((text) => {
      if (isGrouping(text)) return text;
      const known = Object.keys(connectionGroupings).join(', ');
      throw new UsageError(`--by ${printable(text)}: connections are counted by ${known}`);
    });
}

function isGrouping(text: string): text is ConnectionGrouping {
  return Object.hasOwn(connectionGroupings, text);
}

function topOf({ options }: WordValues, by: readonly ConnectionGrouping[]): number {
  const text = options.get('top');
  if (typeof text !== 'string') return Infinity;
  if (by.length === 0) throw new UsageError('--top goes with --by');
  const top = parseNumber(text, 1, 0x7fffffff);
  if (top === undefined) throw new UsageError(`--top ${printable(text)}: a whole number from 1 on is needed`);
  return top;
}

function count({ terminal }: Session, filter: ConnectionFilter, json: boolean): void {
  let connections = 0;
  for (const block of connectionBlocks()) for (const entry of block) if (filter(entry)) connections++;
  terminal.write(json ? `${jsonText({ connections }, { pretty: false })}\n` : `${connections}\n`);
}

function countGroups(
  { terminal }: Session,
  filter: ConnectionFilter,
  by: readonly ConnectionGrouping[],
  top: number,
  json: boolean,
): void {
  const keys = new FrequentKeys<string>(exactGroups);
  for (const block of connectionBlocks()) {
    for (const entry of block) if (filter(entry)) keys.add(groupKey(entry, by));
  }
  const groups = keys.ranking().slice(0, top);
  terminal.write(json ? groupsJson(groups, by, keys.error) : groupLines(groups, by));
  if (keys.error > 0) {
    terminal.writeError(
      `More than ${exactGroups} groups: counts are up to ${keys.error} too low, and groups with no more than that may be missing\n`,
    );
  }
}

async function list(
  { names, terminal }: Session,
  filter: ConnectionFilter,
  json: boolean,
  numeric: boolean,
): Promise<void> {
  if (!json) terminal.write(connectionsTitle(false));
  for (const block of connectionBlocks()) {
    const wanted: readonly Connection[] = block.filter(filter);
    const entryNames = await connectionNames(wanted, numeric, names);
    for (const entry of wanted) {
      terminal.write(
        json
          ? connectionJson(entry, { names: entryNames, pretty: false })
          : connectionLine(entry, false, entryNames),
      );
    }
  }
}
