import { AddressFamily, sameAddress } from '../ipvs/address.js';
import type { SettingDifference } from '../ipvs/difference.js';
import { largestSyncMessage } from '../ipvs/limits.js';
import { DaemonState, type SyncDaemon, type Timeouts } from '../ipvs/model.js';
import type { Operation } from '../ipvs/operation.js';

/** A backup daemon reads messages of any master up to at least so many bytes. */
const leastOfBackup = 1024;
const longerIpv6Header = 20;

/** What a file says of the settings. What it does not name stays as it is. */
export interface NamedSettings {
  readonly timeouts: Timeouts | undefined;
  readonly daemons: readonly SyncDaemon[];
}

/** What is different about the settings that `after` names. A timeout of 0 is none, as for the kernel. */
export function compareSettings(before: NamedSettings, after: NamedSettings): SettingDifference[] {
  const differences: SettingDifference[] = [];
  if (before.timeouts !== undefined && after.timeouts !== undefined) {
    const old = before.timeouts;
    const { tcp, tcpFin, udp } = after.timeouts;
    const wanted = { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp };
    if (old.tcp !== wanted.tcp || old.tcpFin !== wanted.tcpFin || old.udp !== wanted.udp) {
      differences.push({ kind: 'timeouts', before: old, after: wanted });
    }
  }
  for (const wanted of after.daemons) {
    const old = before.daemons.find(({ state }) => state === wanted.state);
    if (old === undefined || !isLike(old, wanted)) {
      differences.push({ kind: 'daemon', before: old, after: wanted });
    }
  }
  return differences;
}

/** Whether a daemon that runs is as wanted; what is not wanted in particular the kernel chose. */
function isLike(running: SyncDaemon, wanted: SyncDaemon): boolean {
  const { group } = wanted;
  return (
    running.interface === wanted.interface &&
    running.syncId === wanted.syncId &&
    (wanted.maxLength === undefined || lengthInUse(wanted) === lengthInUse(running)) &&
    (wanted.port ?? running.port) === running.port &&
    (wanted.ttl ?? running.ttl) === running.ttl &&
    (group === undefined || (running.group !== undefined && sameAddress(group, running.group)))
  );
}

/** The largest message that the kernel makes of the one asked for (`start_sync_thread`, ip_vs_sync.c). */
function lengthInUse({ state, group, maxLength }: SyncDaemon): number | undefined {
  if (maxLength === undefined) return undefined;
  const isIpv6 = group?.family === AddressFamily.ipv6;
  const atMost = isIpv6 ? largestSyncMessage - longerIpv6Header : largestSyncMessage;
  return Math.min(Math.max(maxLength, state === DaemonState.backup ? leastOfBackup : 1), atMost);
}

/** The operations that make up for a difference; a daemon that runs otherwise is stopped first. */
export function settingOperations(difference: SettingDifference): Operation[] {
  if (difference.kind === 'timeouts') return [{ kind: 'setConfig', timeouts: difference.after }];
  const { before, after } = difference;
  const start: Operation = { kind: 'newDaemon', daemon: after };
  return before === undefined ? [start] : [{ kind: 'delDaemon', daemon: before }, start];
}
