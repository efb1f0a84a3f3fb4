import type { IpvsClient } from '../../ipvs/client.js';
import {
  readListing,
  readStates,
  readSummaries,
  type Listed,
  type ListingOptions,
} from '../../ipvs/listing.js';
import type { DestinationKey, Service } from '../../ipvs/model.js';
import { classicFormats, entryText, versionLine, type ClassicFormat } from '../../output/classic.js';
import { daemonLine, timeoutsLine } from '../../output/status.js';
import type { ListTable } from '../invocation.js';
import type { Session } from '../session.js';
import { tableNames } from './entry-names.js';

/** Prints the table, or one service of it, in one of the classic formats. */
export async function listTable(session: Session, invocation: ListTable): Promise<void> {
  switch (invocation.format) {
    case 'plain':
      if (invocation.numeric && invocation.service === undefined) {
        const { listPlain } = await import('./list-plain.js');
        if (await listPlain(session, invocation.sorted)) return;
      }
      return print(session, invocation, classicFormats.plain, readSummaries);
    case 'stats':
    case 'rate':
      if (invocation.numeric && invocation.service === undefined) {
        const { listCounters } = await import('./list-counters.js');
        return listCounters(session, invocation, invocation.format);
      }
      return print(session, invocation, classicFormats[invocation.format], readListing);
    case 'thresholds':
    case 'persistent-conn':
    case 'tun-info':
      return print(session, invocation, classicFormats[invocation.format], readStates);
  }
}

/** Reads no more than the format prints. */
async function print<S extends Service, D extends DestinationKey>(
  { client, names, terminal }: Session,
  invocation: ListTable,
  format: ClassicFormat<S, D>,
  read: (client: IpvsClient, options: ListingOptions) => Promise<readonly Listed<S, D>[]>,
): Promise<void> {
  const entries = await read(client, invocation);
  const options = { names: await tableNames(entries, invocation.numeric, names), exact: invocation.exact };
  if (invocation.service === undefined) terminal.write(versionLine(client.info));
  terminal.write(format.title);
  for (const entry of entries) terminal.write(entryText(format, entry, options));
}

/** Prints the connection timeouts. */
export async function listTimeouts({ client, terminal }: Session): Promise<void> {
  terminal.write(timeoutsLine(await client.timeouts()));
}

/** Prints the sync daemons that run, master first. */
export async function listDaemons({ client, terminal }: Session): Promise<void> {
  const daemons = await client.daemons();
  for (const daemon of daemons.slice().sort((a, b) => a.state - b.state)) terminal.write(daemonLine(daemon));
}
