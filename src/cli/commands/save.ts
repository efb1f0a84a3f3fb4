import { readListing, type ListedService } from '../../ipvs/listing.js';
import { numericNames, type EntryNames } from '../../output/entry-names.js';
import { destinationName, serviceName } from '../../output/plain-names.js';
import {
  isNameable,
  losses,
  sayableDestination,
  sayableService,
  sayableTimeouts,
} from '../../output/rule-limits.js';
import { daemonRule, destinationRule, serviceRule, timeoutsRule } from '../../output/rules.js';
import type { Session } from '../session.js';
import { restorableNames } from './restorable-names.js';

export interface SaveOptions {
  readonly numeric: boolean;
  /** With the timeouts and sync daemons. */
  readonly all: boolean;
}

/**
 * Prints the table as rules that restore reads. What another program has set and no rule can say is saved as the
 * nearest that can be said, with a line on standard error.
 */
export async function saveTable(session: Session, { numeric, all }: SaveOptions): Promise<void> {
  const { client, names, terminal } = session;
  const entries = await readListing(client, { sorted: true });
  const entryNames = numeric ? numericNames : await restorableNames(entries, names);
  for (const entry of entries) saveService(session, entry, entryNames);
  if (all) await saveSettings(session);
  terminal.flush();
}

function saveService(session: Session, { service, destinations }: ListedService, names: EntryNames): void {
  const what = serviceName(service);
  if (!isNameable(service)) {
    session.terminal.writeError(`${what}: no rule can name a service of this protocol, it is left out\n`);
    return;
  }
  const said = sayableService(service);
  tell(session, what, losses(service, said));
  let text = serviceRule(said, names);
  for (const destination of destinations) {
    const saidDestination = sayableDestination(destination);
    if (saidDestination !== destination) {
      tell(session, `${what} ${destinationName(destination)}`, losses(destination, saidDestination));
    }
    text += destinationRule(saidDestination, service, names);
  }
  session.terminal.write(text);
}

async function saveSettings(session: Session): Promise<void> {
  const { client, terminal } = session;
  const timeouts = await client.timeouts();
  const said = sayableTimeouts(timeouts);
  tell(session, 'timeouts', losses(timeouts, said));
  const daemons = await client.daemons();
  for (const daemon of daemons.slice().sort((a, b) => a.state - b.state)) terminal.write(daemonRule(daemon));
  terminal.write(timeoutsRule(said));
}

function tell({ terminal }: Session, what: string, lost: readonly string[]): void {
  if (lost.length > 0) terminal.writeError(`${what}: ${lost.join(', ')}\n`);
}
