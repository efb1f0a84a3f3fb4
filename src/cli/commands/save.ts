import { RuleRow, visitDestinations } from '../../ipvs/destination-rows.js';
import { readStates } from '../../ipvs/listing.js';
import { placeAt, sortServices } from '../../ipvs/order.js';
import { numericNames } from '../../output/entry-names.js';
import {
  daemonRule,
  destinationRule,
  serviceOptions,
  serviceRule,
  timeoutsRule,
} from '../../output/rules.js';
import { RuleLines } from '../../output/row-lines.js';
import { TextBuffer } from '../../output/text-buffer.js';
import { optimizeLater } from '../compilation-node.js';
import { manyServices } from '../many-services.js';
import type { Session } from '../session.js';
import { restorableNames } from './restorable-names.js';
import { sayableEntries, sayableSettings, sayDestination, sayService } from './sayable-table.js';

/** Memory is touched only as far as it is filled. */
const firstCapacity = 1 << 22;

export interface SaveOptions {
  readonly numeric: boolean;
  /** With the timeouts and sync daemons. */
  readonly all: boolean;
}

/** Prints the table as rules that restore reads. */
export async function saveTable(session: Session, { numeric, all }: SaveOptions): Promise<void> {
  const { terminal } = session;
  if (numeric) await saveNumeric(session);
  else await saveNamed(session);
  if (all) {
    const { timeouts, daemons } = await sayableSettings(session);
    for (const daemon of daemons) terminal.write(daemonRule(daemon));
    terminal.write(timeoutsRule(timeouts));
  }
  terminal.flush();
}

/** Prints the services and servers in numbers, all at once when every one of them is read. */
async function saveNumeric(session: Session): Promise<void> {
  const text = new TextBuffer(firstCapacity);
  const services = sortServices(await session.client.serviceConfigs());
  if (services.length >= manyServices) optimizeLater();
  const lines = new RuleLines(text);
  await visitDestinations(
    session.client,
    services,
    () => new RuleRow(),
    (service, rows) => {
      const said = sayService(session, service);
      if (said === undefined) return;
      const options = serviceOptions(said, numericNames);
      text.put(serviceRule(said, numericNames));
      lines.begin(`-a ${options} -r `);
      const order = rows.order();
      for (let i = 0; i < rows.count; i++) {
        const row = rows.at(placeAt(order, i, rows.count));
        if (row.other === undefined) lines.put(row);
        else
          text.put(destinationRule(sayDestination(session, service, row.other), said, numericNames, options));
      }
    },
  );
  session.terminal.writeBytes(text.written());
}

async function saveNamed(session: Session): Promise<void> {
  const { client, names, terminal } = session;
  const entries = await readStates(client, { sorted: true });
  const entryNames = await restorableNames(entries, names);
  for (const { service, destinations } of sayableEntries(session, entries)) {
    let text = serviceRule(service, entryNames);
    const options = serviceOptions(service, entryNames);
    for (const destination of destinations)
      text += destinationRule(destination, service, entryNames, options);
    terminal.write(text);
  }
}
