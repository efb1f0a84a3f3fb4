import { readStates } from '../../ipvs/listing.js';
import { numericNames } from '../../output/entry-names.js';
import {
  daemonRule,
  destinationRule,
  serviceOptions,
  serviceRule,
  timeoutsRule,
} from '../../output/rules.js';
import type { Session } from '../session.js';
import { restorableNames } from './restorable-names.js';
import { sayableEntries, sayableSettings } from './sayable-table.js';

export interface SaveOptions {
  readonly numeric: boolean;
  /** With the timeouts and sync daemons. */
  readonly all: boolean;
}

/** Prints the table as rules that restore reads. */
export async function saveTable(session: Session, { numeric, all }: SaveOptions): Promise<void> {
  const { client, names, terminal } = session;
  const entries = await readStates(client, { sorted: true });
  const entryNames = numeric ? numericNames : await restorableNames(entries, names);
  for (const { service, destinations } of sayableEntries(session, entries)) {
    let text = serviceRule(service, entryNames);
    const options = serviceOptions(service, entryNames);
    for (const destination of destinations)
      text += destinationRule(destination, service, entryNames, options);
    terminal.write(text);
  }
  if (all) {
    const { timeouts, daemons } = await sayableSettings(session);
    for (const daemon of daemons) terminal.write(daemonRule(daemon));
    terminal.write(timeoutsRule(timeouts));
  }
  terminal.flush();
}
