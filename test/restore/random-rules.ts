import type { Random } from './random.ts';

interface ServiceName {
  readonly option: string;
  readonly isMark: boolean;
  readonly isUdp: boolean;
  readonly isIpv6: boolean;
}

const tcp = { isMark: false, isUdp: false, isIpv6: false };
const services: readonly ServiceName[] = [
  { ...tcp, option: '-t 10.0.0.1:80' },
  { ...tcp, option: '-t 10.0.0.2:80' },
  { ...tcp, option: '-t 10.0.0.1:443' },
  { ...tcp, option: '-u 10.0.0.1:53', isUdp: true },
  { ...tcp, option: '-t [2001:db8::1]:80', isIpv6: true },
  { ...tcp, option: '-f 1', isMark: true },
  { ...tcp, option: '-f 4294967295', isMark: true },
  { ...tcp, option: '-f 2 -6', isMark: true, isIpv6: true },
];

const ipv4Servers = ['10.0.2.1', '10.0.2.2:8080', '10.0.2.3', '10.0.2.4'];
const ipv6Servers = ['[2001:db8::51]:80', '[2001:db8::52]:80', '2001:db8::53'];
/** The kernel refuses what is not unicast. */
const refusedServers = ['224.0.0.1', '255.255.255.255', '[ff02::1]:80'];

/** Options of a service, one time in ten such as the kernel refuses. */
function serviceOptions(random: Random, service: ServiceName): string {
  const options = [
    random.pick(['', '', '-s rr', '-s wrr', '-s lc', '-s sh -b sh-port', '-s mh -b flag-1,flag-2']),
  ];
  if (random.onceIn(10)) options[0] = '-s nosuch';
  if (random.onceIn(4)) {
    options.push(random.pick(['-p', '-p 60', '-p 61']));
    if (random.onceIn(2)) options.push(service.isIpv6 ? '-M 64' : '-M 255.255.255.0');
    if (random.onceIn(4)) options.push(random.pick(['--pe sip', '--pe sip', '--pe nosuch']));
  }
  if ((service.isUdp || service.isMark) && random.onceIn(4)) options.push('-o');
  return options.join(' ');
}

function serverOptions(random: Random, tunnel: boolean): string {
  const options: string[] = [];
  if (tunnel) {
    options.push(random.pick(['-i', '-i --tun-type gre --tun-csum', '-i --tun-type gue --tun-port 6080']));
  } else {
    options.push(random.pick(['', '-m', '-g']));
  }
  if (random.onceIn(2)) options.push(`-w ${random.below(4)}`);
  if (random.onceIn(5)) options.push(`-x ${random.below(6)}`);
  if (random.onceIn(7)) options.push(`-y ${random.below(4)}`);
  return options.join(' ');
}

function serverName(
  random: Random,
  service: ServiceName,
): { readonly name: string; readonly tunnel: boolean } {
  if (random.onceIn(12)) {
    const name = random.pick(refusedServers);
    return { name, tunnel: name.startsWith('[') !== service.isIpv6 || random.onceIn(3) };
  }
  const otherFamily = random.onceIn(8);
  const name = random.pick(service.isIpv6 !== otherFamily ? ipv6Servers : ipv4Servers);
  return { name, tunnel: otherFamily || random.onceIn(4) };
}

/** Lines that can be read, in any order: the kernel refuses some because of those before them, or for themselves. */
export function randomRules(random: Random, count: number): string[] {
  const lines: string[] = [];
  const few = random.below(3) === 0 ? services : services.slice(0, 2 + random.below(3));
  for (let i = 0; i < count; i++) lines.push(randomLine(random, random.pick(few)));
  return lines;
}

function randomLine(random: Random, service: ServiceName): string {
  const kind = random.below(100);
  const server = serverName(random, service);
  if (kind < 35) return `-A ${service.option} ${serviceOptions(random, service)}`;
  if (kind < 75) {
    return `-a ${service.option} -r ${server.name} ${serverOptions(random, server.tunnel)}`;
  }
  if (kind < 80) return `-E ${service.option} ${serviceOptions(random, service)}`;
  if (kind < 87) {
    return `-e ${service.option} -r ${server.name} ${serverOptions(random, server.tunnel)}`;
  }
  if (kind < 90) return `-d ${service.option} -r ${server.name}`;
  if (kind < 93) return `-D ${service.option}`;
  if (kind < 95) return `-Z ${service.option}`;
  if (kind < 96) return '-C';
  if (kind < 97) return `-L -n ${service.option}`;
  if (kind < 98) return `--set ${random.below(3)} ${random.below(100)} ${random.below(100)}`;
  if (kind < 99) return '--stop-daemon master';
  return `--start-daemon ${random.pick(['master', 'backup'])} --mcast-interface lo --syncid ${random.below(4)}`;
}
