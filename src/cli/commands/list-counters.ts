import { CounterRow, visitDestinations } from '../../ipvs/destination-rows.js';
import { Order, placeAt, sortServices } from '../../ipvs/order.js';
import { classicFormats, versionLine } from '../../output/classic.js';
import { numericNames } from '../../output/entry-names.js';
import { CounterLines } from '../../output/row-lines.js';
import { TextBuffer } from '../../output/text-buffer.js';
import { optimizeLater } from '../compilation-node.js';
import { manyServices } from '../many-services.js';
import type { ListTable } from '../invocation.js';
import type { Session } from '../session.js';

/** So much text is written at once. */
const writeSize = 65_536;
const capacity = writeSize + 16_384;

/** Prints the whole table in numbers with counters or rates, service by service as it is read. */
export async function listCounters(
  { client, terminal }: Session,
  { sorted, exact }: ListTable,
  name: 'stats' | 'rate',
): Promise<void> {
  const format = classicFormats[name];
  const options = { names: numericNames, exact };
  const services = await client.services();
  if (services.length >= manyServices) optimizeLater();
  terminal.write(versionLine(client.info) + format.title);
  const text = new TextBuffer(capacity);
  const lines = new CounterLines(text, name, exact);
  await visitDestinations(
    client,
    sorted ? sortServices(services) : services,
    () => new CounterRow(name),
    (service, rows) => {
      text.put(format.service(service, options));
      const order = sorted ? rows.order() : Order.asIs;
      for (let i = 0; i < rows.count; i++) {
        const row = rows.at(placeAt(order, i, rows.count));
        if (row.other === undefined) lines.put(row);
        else text.put(format.destination(row.other, service, options));
      }
      if (text.length < writeSize) return;
      terminal.writeBytes(text.written());
      text.length = 0;
    },
  );
  terminal.writeBytes(text.written());
}
