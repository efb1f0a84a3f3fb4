import { DaemonState, type SyncDaemon, type Timeouts } from '../ipvs/model.js';

/** The line of `-L --timeout`. */
export function timeoutsLine({ tcp, tcpFin, udp }: Timeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

/** The line of `-L --daemon` for one daemon; what the kernel does not report is left out. */
export function daemonLine(daemon: SyncDaemon): string {
  const state = daemon.state === DaemonState.master ? 'master' : 'backup';
  const parts = [`mcast=${daemon.interface}`, `syncid=${daemon.syncId}`];
  if (daemon.maxLength !== undefined) parts.push(`maxlen=${daemon.maxLength}`);
  if (daemon.group !== undefined) parts.push(`group=${daemon.group.toString()}`);
  if (daemon.port !== undefined) parts.push(`port=${daemon.port}`);
  if (daemon.ttl !== undefined) parts.push(`ttl=${daemon.ttl}`);
  return `${state} sync daemon (${parts.join(', ')})\n`;
}
