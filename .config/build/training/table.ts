import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { Protocol } from '../../../src/ipvs/model.js';

/** A service by IPv4 with the scheduler wlc. */
export interface StandInService {
  readonly protocol: Protocol;
  readonly address: IpAddress;
  readonly port: number;
  /** In the kernel's order, the latest first. */
  readonly servers: readonly StandInServer[];
}

/** A server by direct routing, with the weight 1. */
export interface StandInServer {
  readonly address: IpAddress;
  readonly port: number;
}

const port = 80;

/** The table of the stand-in kernel: 192.0.2.1 and so on, with 10.0.1.10, 10.0.1.20 and so on behind it. */
export const services: readonly StandInService[] = [3, 2, 1].map((number) => ({
  protocol: number === 3 ? Protocol.udp : Protocol.tcp,
  address: new IpAddress(AddressFamily.ipv4, 0xc000_0200 + number),
  port,
  servers: [40, 30, 20, 10].map((last) => ({
    address: new IpAddress(AddressFamily.ipv4, 0x0a00_0000 + number * 256 + last),
    port,
  })),
}));

/** The table as rules, each server with the weight that it is given. */
export function rules(weight: (server: StandInServer) => number): string {
  const lines: string[] = [];
  for (const { protocol, address, port: servicePort, servers } of services.toReversed()) {
    const service = `-${protocol === Protocol.tcp ? 't' : 'u'} ${String(address)}:${servicePort}`;
    lines.push(`-A ${service} -s wlc\n`);
    for (const server of servers.toReversed()) {
      lines.push(`-a ${service} -r ${String(server.address)}:${server.port} -g -w ${weight(server)}\n`);
    }
  }
  return lines.join('');
}

/** The table as `/proc/net/ip_vs` has it. */
export function tableText(): string {
  const lines = [
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  ];
  for (const service of services) {
    lines.push(`${service.protocol === Protocol.tcp ? 'TCP' : 'UDP'}  ${endpoint(service)} wlc  `);
    for (const server of service.servers) {
      lines.push(`  -> ${endpoint(server)}      Route   1      0          0         `);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A name for every address, as `/etc/hosts` has them: nobody else is to be asked. */
export function hostsText(): string {
  const addresses = services.flatMap(({ address, servers }) => [
    address,
    ...servers.map((server) => server.address),
  ]);
  return addresses.map((address, index) => `${String(address)} host${index}\n`).join('');
}

function endpoint({ address, port: number }: StandInServer): string {
  return `${hex(address.w0, 8)}:${hex(number, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
