import type { Listing, TableOutput } from '../invocation.js';
import type { Session } from '../session.js';

/** Prints a listing in a format other than the classic ones. */
export async function listFormatted(
  session: Session,
  invocation: Listing,
  output: TableOutput,
): Promise<void> {
  if (output.format === 'json') {
    const { listJson } = await import('./list-json.js');
    return listJson(session, invocation, output);
  }
  // No other kind of listing has these formats.
  if (invocation.command !== 'list') throw new TypeError(`${invocation.command} has no such output`);
  if (output.format === 'table') {
    const { drawTable } = await import('./draw-table.js');
    return drawTable(session, invocation);
  }
  const { listMetrics } = await import('./list-metrics.js');
  return listMetrics(session, invocation);
}
