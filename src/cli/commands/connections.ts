import { connectionBlocks, connectionText } from '../../ipvs/connections.js';
import { ConnectionList } from '../../output/connection-list.js';
import { connectionLine, connectionsTitle } from '../../output/connections.js';
import { optimizeEarly } from '../compilation-node.js';
import type { ListConnections } from '../invocation.js';
import type { Session } from '../session.js';
import { connectionNames } from './entry-names.js';

/** Prints the connections as they are read, block by block. */
export async function listConnections(
  { names, terminal }: Session,
  { numeric, engineData }: ListConnections,
): Promise<void> {
  const writeTitle = (): void => {
    terminal.write(connectionsTitle(engineData));
  };
  optimizeEarly();
  if (numeric && !engineData) {
    const list = new ConnectionList();
    for (const piece of afterFirst(connectionText(), writeTitle)) terminal.writeBytes(list.text(piece));
    terminal.writeBytes(list.end());
    return;
  }
  for (const block of afterFirst(connectionBlocks(), writeTitle)) {
    const entryNames = await connectionNames(block, numeric, names);
    let text = '';
    for (const entry of block) text += connectionLine(entry, engineData, entryNames);
    terminal.write(text);
  }
}

/** Does something when the first piece has been read, or there is none: a list that can't be read has no title. */
function* afterFirst<T>(pieces: Iterable<T>, action: () => void): Generator<T, void, undefined> {
  let isDone = false;
  for (const piece of pieces) {
    if (!isDone) action();
    isDone = true;
    yield piece;
  }
  if (!isDone) action();
}
