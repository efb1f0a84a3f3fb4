import { readListing } from '../../ipvs/listing.js';
import { drawnTable } from '../../output/drawn-table.js';
import { wantsColour } from '../colour.js';
import type { ListTable } from '../invocation.js';
import type { Session } from '../session.js';
import { tableNames } from './entry-names.js';

/** Prints the table, or one service of it, drawn for people. */
export async function drawTable({ client, names, terminal }: Session, invocation: ListTable): Promise<void> {
  const entries = await readListing(client, invocation);
  const { format, exact, numeric } = invocation;
  terminal.write(
    drawnTable(entries, {
      format,
      exact,
      names: await tableNames(entries, numeric, names),
      colour: wantsColour(terminal),
    }),
  );
}
