import type { ListedState } from '../../ipvs/listing.js';
import type { Destination, DestinationState, Service, SyncDaemon, Timeouts } from '../../ipvs/model.js';
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
    const said = sayService(session, service);
    if (said === undefined) continue;
    yield {
      service: said,
      destinations: destinations.map((destination) => sayDestination(session, service, destination)),
    };
  }
}

/** A service as a rule can say it; undefined where no rule can name it. */
export function sayService(session: Session, service: Service): Service | undefined {
  if (!isNameable(service)) {
    const what = serviceName(service);
    session.terminal.writeError(`${what}: no rule can name a service of this protocol, it is left out\n`);
    return undefined;
  }
  const said = sayableService(service);
  if (said !== service) tell(session, serviceName(service), losses(service, said));
  return said;
}

/** A server of a service as a rule can say it. */
export function sayDestination(
  session: Session,
  service: Service,
  destination: DestinationState,
): Destination {
  const said = sayableDestination(destination);
  if (said !== destination) {
    tell(session, `${serviceName(service)} ${destinationName(destination)}`, losses(destination, said));
  }
  return said;
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
