import type { Connection } from '../ipvs/connections.js';
import { protocolNumber } from './connections.js';
import { endpointText, numericNames } from './entry-names.js';
import { jsonText, type JsonMembers } from './json-text.js';

/** What connections can be counted by. */
export const connectionGroupings = {
  client: ({ client }) => client.toString(),
  server: ({ destination, destinationPort, protocol }) =>
    endpointText(destination, destinationPort, protocolNumber(protocol), numericNames),
  service: ({ protocol, virtual, virtualPort }) =>
    `${protocol} ${endpointText(virtual, virtualPort, protocolNumber(protocol), numericNames)}`,
  state: ({ state }) => state,
} as const satisfies Readonly<Record<string, (connection: Connection) => string>>;

export type ConnectionGrouping = keyof typeof connectionGroupings;

/** The groups of a connection as one key. */
export function groupKey(connection: Connection, by: readonly ConnectionGrouping[]): string {
  let key = '';
  for (const grouping of by) key += `${key === '' ? '' : keyEnd}${connectionGroupings[grouping](connection)}`;
  return key;
}

const keyEnd = '\t';

/** How many connections there are of each group, for people: the title line and a line each. */
export function groupLines(
  groups: readonly { readonly key: string; readonly count: number }[],
  by: readonly ConnectionGrouping[],
): string {
  const rows = [[...by], ...groups.map(({ key }) => key.split(keyEnd))];
  const widths = by.map((_, column) =>
    column === by.length - 1
      ? 0
      : rows.reduce((longest, row) => Math.max(longest, row[column]?.length ?? 0), 0),
  );
  let text = '';
  for (const [index, row] of rows.entries()) {
    const count = index === 0 ? 'connections' : String(groups[index - 1]?.count ?? 0);
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    text += `${count.padStart(11)}  ${cells.join('  ')}\n`;
  }
  return text;
}

/** The same as a line of JSON each. `error` is by how much a count may be too low. */
export function groupsJson(
  groups: readonly { readonly key: string; readonly count: number }[],
  by: readonly ConnectionGrouping[],
  error: number,
): string {
  let text = '';
  for (const { key, count } of groups) {
    const cells = key.split(keyEnd);
    const members: Record<string, JsonMembers[string]> = {};
    for (const [column, grouping] of by.entries()) members[grouping] = cells[column];
    const most = error === 0 ? {} : { connections_at_most: count + error };
    text += `${jsonText({ ...members, connections: count, ...most }, { pretty: false })}\n`;
  }
  return text;
}
