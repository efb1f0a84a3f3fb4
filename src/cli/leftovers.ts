import type { Failure } from '../ipvs/client.js';

/** Why something could not be undone, each reason once: `newDest: Service not defined (12 times)`. */
export function leftoversText(leftovers: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { operation, message } of leftovers) {
    const reason = `${operation}: ${message}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return Array.from(counts, ([reason, count]) => (count === 1 ? reason : `${reason} (${count} times)`)).join(
    '; ',
  );
}
