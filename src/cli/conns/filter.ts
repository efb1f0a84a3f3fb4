import type { IpAddress } from '../../ipvs/address.js';
import type { Connection } from '../../ipvs/connections.js';
import { addressService } from '../../ipvs/model.js';
import { protocolNumber } from '../../output/connections.js';
import type { Selector } from '../../rules/selector.js';
import { UsageError } from '../errors.js';
import { printable } from '../printable.js';
import { selectorsOf } from '../table-limits.js';
import type { WordValues } from '../words.js';

/** Says of a connection whether it is wanted. */
export type ConnectionFilter = (connection: Connection) => boolean;

/**
 * The filter that the options of `conns` make: of the values of one option any, of different options all have to be
 * met. Throws `UsageError` for a selector that is none.
 */
export function connectionFilter({ options }: WordValues): ConnectionFilter {
  const filters = [
    ...endFilters(selectorsOf(options, 'client'), ({ client, clientPort }) => [client, clientPort]),
    ...endFilters(selectorsOf(options, 'vip'), ({ virtual, virtualPort }) => [virtual, virtualPort]),
    ...endFilters(selectorsOf(options, 'server'), ({ destination, destinationPort }) => [
      destination,
      destinationPort,
    ]),
    ...wordFilters('protocol', options, ({ protocol }) => protocol),
    ...wordFilters('state', options, ({ state }) => state),
  ];
  return (connection) => filters.every((filter) => filter(connection));
}

function endFilters(
  selectors: readonly Selector[],
  end: (connection: Connection) => readonly [IpAddress, number],
): ConnectionFilter[] {
  if (selectors.length === 0) return [];
  return [
    (connection) => {
      const place = addressService(protocolNumber(connection.protocol), ...end(connection));
      return selectors.some((selector) => selector(place));
    },
  ];
}

/** Protocols as the kernel calls them in the list of connections. */
const protocolWords: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP', 'AH', 'ESP', 'IP']);

function wordFilters(
  name: 'protocol' | 'state',
  options: WordValues['options'],
  wordOf: (connection: Connection) => string,
): ConnectionFilter[] {
  const given = options.get(name);
  if (typeof given !== 'object') return [];
  const wanted = new Set(given.flatMap((text) => text.toUpperCase().split(',')));
  for (const word of wanted) {
    const known = name === 'protocol' ? protocolWords.has(word) : /^[A-Z0-9_]+$/.test(word);
    if (!known) throw new UsageError(`--${name} ${printable(word)}: no such ${name}`);
  }
  return [(connection) => wanted.has(wordOf(connection))];
}
