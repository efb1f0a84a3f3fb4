import { connectionBlocks, type Connection } from '../../ipvs/connections.js';
import type { IpAddress } from '../../ipvs/address.js';
import { connectionLine, connectionsTitle } from '../../output/connections.js';
import { numericNames } from '../../output/entry-names.js';
import type { ListConnections } from '../invocation.js';
import type { Session } from '../session.js';

/** Prints the connections as they are read, block by block. */
export async function listConnections(
  { names, terminal }: Session,
  { numeric, engineData }: ListConnections,
): Promise<void> {
  terminal.write(connectionsTitle(engineData));
  for (const block of connectionBlocks()) {
    if (!numeric) await names.resolveAddresses(addressesOf(block));
    const entryNames = numeric ? numericNames : names;
    let text = '';
    for (const entry of block) text += connectionLine(entry, engineData, entryNames);
    terminal.write(text);
  }
}

function* addressesOf(block: readonly Connection[]): Iterable<IpAddress> {
  for (const { client, virtual, destination } of block) {
    yield client;
    yield virtual;
    yield destination;
  }
}
