import {
  brokenRules,
  emptyNamespace,
  missingModule,
  missingPrivileges,
  missingSchedulers,
  rulesNotRestored,
} from './checks/kernel.js';
import {
  answersDropped,
  answersMissing,
  forwardingOff,
  ftpHelperMissing,
  redirectsSent,
} from './checks/masquerading.js';
import {
  addressMissing,
  addressOnTheWire,
  announcesArp,
  answersArp,
  prefixTooShort,
  tunnelDown,
  tunnelReversePath,
  type RealServer,
} from './checks/real-server.js';
import { requestsDropped, tunnelTooSmall, unsetMarks } from './checks/requests.js';
import {
  routedDirectServers,
  serverInterfaceDown,
  silentServers,
  unroutedServers,
} from './checks/servers.js';
import { persistenceOutlasts, thresholdsReached, withoutServers, withoutWeight } from './checks/services.js';
import {
  defencesActive,
  orphanedConnections,
  portReuse,
  quiescentPersistence,
  statisticsFrozen,
  syncInterfaceDown,
} from './checks/settings.js';
import { interfaceDown, strictReversePath, unboundAddress } from './checks/virtual-addresses.js';
import type { Director } from './director.js';
import type { Rule } from './rule.js';

/** What is examined of a director, in the order in which a packet would meet it. */
export const directorRules: readonly Rule<Director>[] = [
  { id: 'privileges', check: missingPrivileges },
  { id: 'module-missing', check: missingModule },
  { id: 'rules-broken', check: brokenRules },
  { id: 'scheduler-missing', check: missingSchedulers },
  { id: 'empty-namespace', check: emptyNamespace },
  { id: 'rules-not-restored', check: rulesNotRestored },
  { id: 'vip-interface-down', check: interfaceDown },
  { id: 'vip-unbound', check: unboundAddress },
  { id: 'rp-filter', check: strictReversePath },
  { id: 'requests-dropped', check: requestsDropped },
  { id: 'mark-not-set', check: unsetMarks },
  { id: 'no-servers', check: withoutServers },
  { id: 'no-weight', check: withoutWeight },
  { id: 'threshold-reached', check: thresholdsReached },
  { id: 'server-interface-down', check: serverInterfaceDown },
  { id: 'server-unrouted', check: unroutedServers },
  { id: 'server-silent', check: silentServers },
  { id: 'direct-behind-router', check: routedDirectServers },
  { id: 'tunnel-mtu', check: tunnelTooSmall },
  { id: 'forwarding-off', check: forwardingOff },
  { id: 'redirects-sent', check: redirectsSent },
  { id: 'answers-dropped', check: answersDropped },
  { id: 'answers-missing', check: answersMissing },
  { id: 'ftp-helper-missing', check: ftpHelperMissing },
  { id: 'persistence-outlasts', check: persistenceOutlasts },
  { id: 'quiescent-persistence', check: quiescentPersistence },
  { id: 'port-reuse', check: portReuse },
  { id: 'orphaned-connections', check: orphanedConnections },
  { id: 'defence-active', check: defencesActive },
  { id: 'statistics-frozen', check: statisticsFrozen },
  { id: 'sync-interface-down', check: syncInterfaceDown },
];

/** What is examined of a real server. */
export const realServerRules: readonly Rule<RealServer>[] = [
  { id: 'vip-missing', check: addressMissing },
  { id: 'vip-on-the-wire', check: addressOnTheWire },
  { id: 'vip-prefix', check: prefixTooShort },
  { id: 'arp-ignore', check: answersArp },
  { id: 'arp-announce', check: announcesArp },
  { id: 'tunnel-down', check: tunnelDown },
  { id: 'tunnel-rp-filter', check: tunnelReversePath },
];
