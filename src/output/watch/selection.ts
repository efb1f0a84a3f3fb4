import type { WatchColumn } from './columns.js';
import type { WatchedService, WatchRow } from './rows.js';

/** What is shown, and in which order. */
export interface Selection {
  readonly column: WatchColumn;
  readonly reversed: boolean;
  /** Only services and servers whose name has this in it; empty for all. */
  readonly filter: string;
}

/** A line of the screen: a service, or a server below its service. */
export interface SelectedRow {
  readonly row: WatchRow;
  readonly isServer: boolean;
}

/**
 * The lines to show. A service whose name the filter meets is shown with all its servers, another with those that
 * the filter meets. Services and the servers within each are sorted by the column; in the order given by name.
 */
export function selectRows(services: readonly WatchedService[], selection: Selection): SelectedRow[] {
  const wanted = selection.filter.toLowerCase();
  const has = ({ name }: WatchRow): boolean => name.toLowerCase().includes(wanted);
  const selected: WatchedService[] = [];
  for (const service of services) {
    if (wanted === '' || has(service.row)) {
      selected.push(service);
      continue;
    }
    const servers = service.servers.filter(has);
    if (servers.length > 0) selected.push({ row: service.row, servers });
  }
  const lines: SelectedRow[] = [];
  for (const { row, servers } of sorted(selected, ({ row: each }) => each, selection)) {
    lines.push({ row, isServer: false });
    for (const server of sorted(servers, (each) => each, selection))
      lines.push({ row: server, isServer: true });
  }
  return lines;
}

function sorted<T>(
  items: readonly T[],
  rowOf: (item: T) => WatchRow,
  { column: { value, text, key }, reversed }: Selection,
): readonly T[] {
  if (value !== undefined) {
    const direction = reversed ? -1 : 1;
    return items.toSorted((a, b) => direction * (value(rowOf(b)) - value(rowOf(a))));
  }
  if (key === 'n') return reversed ? items.toReversed() : items;
  const direction = reversed ? -1 : 1;
  return items.toSorted((a, b) => direction * compareTexts(text(rowOf(a)), text(rowOf(b))));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
