import { destinationRule, serviceRule } from '../../output/rules.js';
import type { Session } from '../session.js';
import { namesFor, readTable } from './table.js';

/** Prints the table as rules that restore reads. */
export async function saveTable({ client, names, terminal }: Session, numeric: boolean): Promise<void> {
  const entries = await readTable(client, { sorted: true });
  const entryNames = await namesFor(entries, numeric, names);
  for (const { service, destinations } of entries) {
    let text = serviceRule(service, entryNames);
    for (const destination of destinations) text += destinationRule(destination, service, entryNames);
    terminal.write(text);
  }
}
