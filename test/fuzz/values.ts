import type { OptionRow } from '../../src/cli/options.ts';

/** Values of an option: those that it mostly gets, and those that try it. */
export interface ValuePool {
  readonly usual: readonly string[];
  readonly odd: readonly string[];
}

// Few addresses, so that commands meet what others have left. They have a total order when subtracted as the
// original does; others sort by the kernel's order, which is another in each namespace.
const usualServices = [
  '10.0.0.1:80',
  '10.0.0.1:443',
  '10.0.0.2:80',
  '[2001:db8::1]:80',
  'director:http',
  '127.1:8080',
];
const oddServices = [
  '',
  '80',
  ':80',
  '10.0.0.1',
  '10.0.0.1:0',
  '10.0.0.1:',
  '10.0.0.1:65535',
  '10.0.0.1:65536',
  '10.0.0.1:-1',
  '10.0.0.1:+80',
  '10.0.0.1: 80',
  '10.0.0.1:http',
  '10.0.0.1:domain',
  '10.0.0.1:tftp',
  '10.0.0.1:nosuch',
  '10.0.0.1:80:80',
  '[10.0.0.1]:80',
  '[10.0.0.1]',
  '[2001:db8::1]',
  '[2001:db8::1]:',
  '[2001:db8::1]:0',
  '[2001:db8::2:80',
  '2001:db8::1',
  '2001:db8::1:80',
  '::1',
  '[::ffff:10.0.0.1]:80',
  '0x0a000003:80',
  '0x7f.1:80',
  '010.0.0.1:80',
  '10.1:80',
  '10.0.0.256:80',
  '1.2.3.4.5:80',
  '10.0.0.1 :80',
  '0.0.0.0:80',
  'nosuch:80',
  'longvip:80',
  'localhost:80',
  'web1.example:65535',
];
const services: ValuePool = { usual: usualServices, odd: oddServices };

const oddNumbers = ['', '0', '-1', '+1', ' 1', '1 ', '0x1', '01', '1x', '1.5', '--1', '99999999999999999999'];

function numbers(usual: readonly string[], ...odd: readonly string[]): ValuePool {
  return { usual, odd: [...oddNumbers, ...odd] };
}

/** What each option that takes a value is given. */
export const valuePools: Readonly<Partial<Record<OptionRow['id'], ValuePool>>> = {
  'tcp-service': services,
  'udp-service': services,
  'sctp-service': services,
  // Marks from 2^31 on are printed by the original as negative numbers.
  'fwmark-service': numbers(['1', '2', '7'], '2147483647', '4294967296'),
  'real-server': {
    usual: ['10.0.2.51', '10.0.2.51:8080', '10.0.2.52:80', '[2001:db8::51]:80', 'web1', '127.0.0.1:80'],
    odd: oddServices,
  },
  scheduler: {
    usual: ['rr', 'wrr', 'lc', 'wlc', 'sh', 'mh', 'dh', 'sed', 'nq', 'lblc', 'lblcr', 'fo', 'ovf'],
    odd: ['', 'x', 'RR', 'rr ', 'averyveryverylongname', 'twos', '-s'],
  },
  'sched-flags': {
    usual: ['flag-1', 'flag-2', 'flag-1,flag-2', 'sh-port', 'sh-fallback', 'mh-port', 'mh-fallback,mh-port'],
    odd: ['flag-4', 'flag-1,', ',flag-1', 'FLAG-1', 'sh-port,mh-port', 'flag-1,flag-1', 'flag-1 '],
  },
  persistent: numbers(['60', '360', '1000'], '2678400', '2678401'),
  netmask: {
    usual: ['255.255.255.0', '255.255.0.0', '64', '255.255.255.255'],
    odd: ['', '0', '128', '129', '-1', '24', '255.255', '255.0.255.0', '0.0.0.0', 'x', '64x', 'localhost'],
  },
  pe: { usual: ['sip'], odd: ['', 'x', 'SIP', 'averyveryverylongname'] },
  'tun-type': { usual: ['ipip', 'gue', 'gre'], odd: ['', 'x', 'GUE', 'gue ', 'ip'] },
  'tun-port': numbers(['6080'], '65535', '65536'),
  weight: numbers(['0', '1', '3', '100'], '65535', '65536', '2147483647', '2147483648'),
  'u-threshold': numbers(['0', '9', '100'], '2147483647', '2147483648'),
  'l-threshold': numbers(['0', '4', '50'], '2147483647', '2147483648'),
  syncid: numbers(['5', '7'], '255', '256'),
  'sync-maxlen': numbers(['1400'], '65507', '65508'),
  'mcast-interface': { usual: ['eth0'], odd: ['', 'lo', 'nope', 'averyveryverylongname'] },
  'mcast-group': {
    usual: ['239.1.2.3', '224.0.0.81', 'ff02::81'],
    odd: ['', '10.0.0.1', '224.0.0', '255.255.255.255', 'ff02::x', ':', '2001:db8::1', 'localhost'],
  },
  'mcast-port': numbers(['9000'], '65535', '65536'),
  'mcast-ttl': numbers(['2'], '255', '256'),
};

/** The words after `--set`. */
export const timeoutValues: ValuePool = numbers(['0', '30', '900'], '2678400', '2678401');

/** The words after `--start-daemon` and `--stop-daemon`. */
export const daemonStates: ValuePool = { usual: ['master', 'backup'], odd: ['', 'x', 'MASTER', 'masterx'] };
