import type { ListedState } from '../../ipvs/listing.js';
import type { Destination, Service, SyncDaemon, Timeouts } from '../../ipvs/model.js';
import { destinationName, serviceName } from '../../output/plain-names.js';
import {
  isNameable,
  losses,
  sayableDestination,
  sayableService,
  sayableTimeouts,
} from '../../output/rule-limits.js';
import type { Session } from '../session.js';

// What another program has set and no rule can say is saved as the nearest that can be said, with a line on standard
// error.

export interface SayableEntry {
  readonly service: Service;
  readonly destinations: readonly Destination[];
}

/** Services and servers as rules can say them, one after the other. */
export function* sayableEntries(
  session: Session,
  entries: readonly ListedState[],
): Generator<SayableEntry, void, undefined> {
  for (const { service, destinations } of entries) {
    const what = serviceName(service);
    if (!isNameable(service)) {
      session.terminal.writeError(`${what}: no rule can name a service of this protocol, it is left out\n`);
      continue;
    }
    const said = sayableService(service);
    if (said !== service) tell(session, what, losses(service, said));
    yield {
      service: said,
      destinations: destinations.map((destination) => {
        const saidDestination = sayableDestination(destination);
        if (saidDestination !== destination) {
          tell(session, `${what} ${destinationName(destination)}`, losses(destination, saidDestination));
        }
        return saidDestination;
      }),
    };
  }
}

/** Reads the timeouts, as commands can say them, and the sync daemons, master first. */
export async function sayableSettings(
  session: Session,
): Promise<{ readonly timeouts: Timeouts; readonly daemons: readonly SyncDaemon[] }> {
  const timeouts = await session.client.timeouts();
  const said = sayableTimeouts(timeouts);
  tell(session, 'timeouts', losses(timeouts, said));
  const daemons = await session.client.daemons();
  return { timeouts: said, daemons: daemons.slice().sort((a, b) => a.state - b.state) };
}

function tell({ terminal }: Session, what: string, lost: readonly string[]): void {
  if (lost.length > 0) terminal.writeError(`${what}: ${lost.join(', ')}\n`);
}
