import type { IpvsClient } from '../../ipvs/client.js';
import { readStates, type ListedSummary } from '../../ipvs/listing.js';
import type { Service } from '../../ipvs/model.js';
import { compareDestinations, mergeSort, Order, placeAt, serviceOrder } from '../../ipvs/order.js';
import { readTableFile, type TableFile } from '../../ipvs/table-file.js';
import { NetlinkError } from '../../netlink/errors.js';
import { classicFormats, entryText, versionLine } from '../../output/classic.js';
import { numericNames } from '../../output/entry-names.js';
import { PlainList } from '../../output/plain-list.js';
import { ServiceLines } from '../../output/service-lines.js';
import { TextBuffer } from '../../output/text-buffer.js';
import { optimizeLater } from '../compilation-node.js';
import type { Session } from '../session.js';

const format = classicFormats.plain;
const options = { names: numericNames, exact: false };
/** So much text is written at once; one more service's may come on top. */
const writeSize = 65_536;
const capacity = writeSize + 16_384;
/** Bytes that the kernel says of some thousands of servers. */
const longList = 262_144;

/**
 * Prints the whole table in numbers in the plain format, the servers from the kernel's list of the table. False, and
 * nothing is printed, where that does not serve. `kernelList` is the path of the list; the kernel's own if not given.
 */
export async function listPlain(
  { client, terminal }: Session,
  sorted: boolean,
  kernelList?: string,
): Promise<boolean> {
  const services = await client.serviceConfigs();
  const file = readTableFile(services, kernelList);
  if (file === undefined) return false;
  if (file.bytes.length > longList) optimizeLater();
  terminal.write(versionLine(client.info) + format.title);
  const text = new TextBuffer(capacity);
  const lines = new ServiceLines(text);
  const list = new PlainList(file.bytes, text);
  const order = sorted ? serviceOrder(services) : Order.asIs;
  for (let index = 0; index < services.length; index++) {
    const place = placeAt(order, index, services.length);
    const service = services[place] as Service;
    const before = text.length;
    if (!lines.put(service)) text.put(format.service(service, options));
    const start = file.start(place);
    if (start < 0 || !list.put(start, file.end(place), sorted)) {
      text.length = before;
      const entry = await otherEntry(client, service, file, place, sorted);
      if (entry !== undefined) text.put(entryText(format, entry, options));
    }
    if (text.length < writeSize) continue;
    terminal.writeBytes(text.written());
    text.length = 0;
  }
  terminal.writeBytes(text.written());
  return true;
}

/** A service with servers that are not made byte by byte; undefined if it is gone. */
async function otherEntry(
  client: IpvsClient,
  service: Service,
  file: TableFile,
  place: number,
  sorted: boolean,
): Promise<ListedSummary | undefined> {
  const found = file.destinations(place);
  if (found !== undefined) {
    return { service, destinations: sorted ? mergeSort(found, compareDestinations) : found };
  }
  try {
    const [entry] = await readStates(client, { service, sorted });
    return entry;
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ESRCH') return undefined;
    throw error;
  }
}
