/** The schedulers that Linux has; each is the module `ip_vs_NAME` (`net/netfilter/ipvs/Kconfig`). */
export const schedulerNames: readonly string[] = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'fo',
  'ovf',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'mh',
  'sed',
  'nq',
  'twos',
];
