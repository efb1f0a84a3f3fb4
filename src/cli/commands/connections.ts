import { connectionBlocks, connectionText } from '../../ipvs/connections.js';
import { ConnectionList } from '../../output/connection-list.js';
import { connectionLine, connectionsTitle } from '../../output/connections.js';
import type { ListConnections } from '../invocation.js';
import type { Session } from '../session.js';
import { connectionNames } from './entry-names.js';

/** Prints the connections as they are read, block by block. */
export async function listConnections(
  { names, terminal }: Session,
  { numeric, engineData }: ListConnections,
): Promise<void> {
  terminal.write(connectionsTitle(engineData));
  if (numeric && !engineData) {
    const list = new ConnectionList();
    for (const piece of connectionText()) terminal.writeBytes(list.text(piece));
    terminal.writeBytes(list.end());
    return;
  }
  for (const block of connectionBlocks()) {
    const entryNames = await connectionNames(block, numeric, names);
    let text = '';
    for (const entry of block) text += connectionLine(entry, engineData, entryNames);
    terminal.write(text);
  }
}
