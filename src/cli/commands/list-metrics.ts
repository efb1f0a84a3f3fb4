import { readListing } from '../../ipvs/listing.js';
import { metricsText } from '../../output/prometheus.js';
import type { ListTable } from '../invocation.js';
import type { Session } from '../session.js';
import { totals } from './totals.js';

/** Prints the table, or one service of it, as metrics for Prometheus. */
export async function listMetrics({ client, terminal }: Session, invocation: ListTable): Promise<void> {
  const entries = await readListing(client, invocation);
  const head = invocation.service === undefined ? { info: client.info, total: totals() } : undefined;
  for (const piece of metricsText(entries, head)) terminal.write(piece);
}
