import { connectionBlocks } from '../../ipvs/connections.js';
import { readListing } from '../../ipvs/listing.js';
import {
  configurationJson,
  connectionJson,
  daemonsJson,
  listingJson,
  timeoutsJson,
} from '../../output/json.js';
import { optimizeEarly } from '../compilation-node.js';
import type { JsonOutput, Listing, ListTable } from '../invocation.js';
import type { Session } from '../session.js';
import { connectionNames, tableNames } from './entry-names.js';
import { sayableEntries, sayableSettings } from './sayable-table.js';
import { totals } from './totals.js';

/** Prints a listing as JSON. */
export async function listJson(session: Session, invocation: Listing, output: JsonOutput): Promise<void> {
  const { client, terminal } = session;
  switch (invocation.command) {
    case 'list':
      await listTable(session, invocation, output);
      break;
    case 'list-connections':
      await listConnections(session, output);
      break;
    case 'list-timeouts':
      terminal.write(timeoutsJson(await client.timeouts(), output));
      break;
    case 'list-daemons':
      terminal.write(
        daemonsJson(
          (await client.daemons()).slice().sort((a, b) => a.state - b.state),
          output,
        ),
      );
      break;
    case 'save':
      await saveJson(session, invocation.all, output);
      break;
  }
}

async function listTable(session: Session, invocation: ListTable, output: JsonOutput): Promise<void> {
  const { client, names } = session;
  const entries = await readListing(client, invocation);
  const entryNames = await tableNames(entries, !output.names, names);
  const head = invocation.service === undefined ? { info: client.info, total: totals() } : undefined;
  write(session, listingJson(entries, { head, names: entryNames, pretty: output.pretty }));
}

/** One object after the other, as they are read. */
async function listConnections({ names, terminal }: Session, output: JsonOutput): Promise<void> {
  optimizeEarly();
  for (const block of connectionBlocks()) {
    const entryNames = await connectionNames(block, !output.names, names);
    const options = { names: entryNames, pretty: output.pretty };
    for (const entry of block) terminal.write(connectionJson(entry, options));
  }
}

/** Prints the configuration as a rule file. */
async function saveJson(session: Session, all: boolean, output: JsonOutput): Promise<void> {
  const entries = await readListing(session.client, { sorted: true });
  const settings = all ? await sayableSettings(session) : undefined;
  const said = sayableEntries(session, entries);
  write(session, configurationJson(said, { settings, pretty: output.pretty }));
}

function write({ terminal }: Session, pieces: Iterable<string>): void {
  for (const piece of pieces) terminal.write(piece);
}
