import type { DaemonState, SyncDaemon, Timeouts } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';
import type { Kernel } from './kernel.js';

// What the kernel answers for sync daemons that run or don't (`net/netfilter/ipvs/ip_vs_sync.c`).
const ESRCH = 3;
const EEXIST = 17;

/** What the kernel has beside the table. */
export interface Settings {
  timeouts: Timeouts;
  /** The sync daemons that run, by their state. */
  readonly daemons: Map<DaemonState, SyncDaemon>;
}

/** Reads the settings. Throws what the client throws. */
export async function readSettings(client: Kernel): Promise<Settings> {
  const timeouts = await client.timeouts();
  const daemons = await client.daemons();
  return { timeouts, daemons: new Map(daemons.map((daemon) => [daemon.state, daemon])) };
}

/** Settings that can be changed without changing these. */
export function copySettings({ timeouts, daemons }: Settings): Settings {
  return { timeouts, daemons: new Map(daemons) };
}

/**
 * Carries out an operation on settings in memory as the kernel would. Gives the error number of what the kernel
 * refuses because a daemon runs or does not.
 */
export function applyToSettings(settings: Settings, operation: Operation): number | undefined {
  if (operation.kind === 'setConfig') {
    const { tcp, tcpFin, udp } = operation.timeouts;
    const old = settings.timeouts;
    // The kernel takes 0 for "as it is".
    settings.timeouts = { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp };
  } else if (operation.kind === 'newDaemon') {
    if (settings.daemons.has(operation.daemon.state)) return EEXIST;
    settings.daemons.set(operation.daemon.state, operation.daemon);
  } else if (operation.kind === 'delDaemon') {
    return settings.daemons.delete(operation.daemon.state) ? undefined : ESRCH;
  }
  return undefined;
}

/** The operations that undo an operation which is about to be carried out on these settings. */
export function inverseSettings(settings: Settings, operation: Operation): Operation[] {
  if (operation.kind === 'setConfig') return [{ kind: 'setConfig', timeouts: settings.timeouts }];
  if (operation.kind === 'newDaemon') return [{ kind: 'delDaemon', daemon: operation.daemon }];
  if (operation.kind !== 'delDaemon') return [];
  const old = settings.daemons.get(operation.daemon.state);
  return old === undefined ? [] : [{ kind: 'newDaemon', daemon: old }];
}
