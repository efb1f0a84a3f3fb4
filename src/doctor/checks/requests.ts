import { AddressFamily } from '../../ipvs/address.js';
import { Forwarding, TunnelType, type DestinationEntry, type ServiceEntry } from '../../ipvs/model.js';
import { droppingChain, setsMark } from '../../host/firewall/verdict.js';
import type { Host } from '../../host/host.js';
import { serviceName, targetName } from '../../output/plain-names.js';
import { shellWord, sysctlCommand } from '../commands.js';
import { serversOf, type Director } from '../director.js';
import { acceptCommand, chainName } from '../firewall-commands.js';
import type { FoundTrouble } from '../rule.js';
import { isOnTheWire, requestInterface, routeInterface, virtualAddresses } from '../virtual-addresses.js';

/** IPVS takes packets up behind the filter of what is for this machine. */
export async function requestsDropped({ host, table }: Director): Promise<FoundTrouble[]> {
  const findings: FoundTrouble[] = [];
  for (const { service } of table?.services ?? []) {
    if (service.fwmark !== 0) continue;
    const packet = {
      family: service.family,
      destination: service.address,
      protocol: service.protocol,
      port: service.port === 0 ? undefined : service.port,
    };
    const input = await requestInterface(host, service.address);
    const chain = droppingChain(host.firewall, 'input', { ...packet, input: input?.name, state: 'new' });
    if (chain === undefined) continue;
    findings.push({
      trouble: `the firewall drops the requests to ${serviceName(service)}`,
      evidence: [`${chainName(chain)} drops them, before IPVS sees them`],
      remedy: { command: acceptCommand(chain, packet) },
    });
  }
  return findings;
}

/** A service of a firewall mark gets nothing when no rule gives that mark. */
export function unsetMarks(director: Director): FoundTrouble[] {
  const { host, table } = director;
  const findings: FoundTrouble[] = [];
  for (const { service } of table?.services ?? []) {
    if (service.fwmark === 0 || service.stats.inPackets > 0n) continue;
    if (setsMark(host.firewall, service.fwmark)) continue;
    const vip = likelyAddress(director, service);
    if (vip === undefined) continue;
    findings.push({
      trouble: `no rule of the firewall gives packets the mark of ${serviceName(service)}`,
      evidence: [
        'neither iptables nor nftables sets it, and no packet ever came to the service',
        `the command marks what goes to ${vip}: put the virtual address meant in its place`,
      ],
      remedy: { command: markCommand(host, service, vip) },
    });
  }
  return findings;
}

/** An address of this machine that looks like a virtual one: of a whole prefix, and of no other service. */
function likelyAddress(director: Director, { family }: ServiceEntry): string | undefined {
  const taken = new Set(virtualAddresses(director).map(({ vip }) => vip.toString()));
  const candidates = director.host.interfaces
    .flatMap(({ addresses }) => addresses)
    .filter(({ address }) => address.family === family && !/^(?:127\.|fe80:|::1$)/.test(address.toString()))
    .filter(({ address }) => !taken.has(address.toString()));
  const whole = candidates.find(({ prefix }) => prefix === (family === AddressFamily.ipv4 ? 32 : 128));
  return (whole ?? candidates[0])?.address.toString();
}

function markCommand(host: Host, { family, fwmark }: ServiceEntry, vip: string): string {
  const ipv4 = family === AddressFamily.ipv4;
  const tool = host.iptablesTool(ipv4 ? 'iptables' : 'ip6tables');
  if (tool !== undefined) {
    return `${tool} -t mangle -A PREROUTING -d ${vip} -j MARK --set-mark ${fwmark}`;
  }
  const ip = ipv4 ? 'ip' : 'ip6';
  const chain = `type filter hook prerouting priority mangle; ${ip} daddr ${vip} meta mark set ${fwmark};`;
  return `nft ${shellWord(`table ${ip} ipvs { chain marks { ${chain} }; }`)}`;
}

/** A packet of the largest size is refused by a tunnel; the client has to be told, or it sends it again and again. */
export async function tunnelTooSmall(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const setting = 'net.ipv4.vs.pmtu_disc';
  if (host.sysctl(setting) === 0) return [];
  for (const server of serversOf(director, Forwarding.tunnel)) {
    const { service, destination } = server;
    if (service.fwmark !== 0 || service.family !== AddressFamily.ipv4) continue;
    const route = await host.routeTo(destination.address);
    const output = routeInterface(host, route);
    const input = await requestInterface(host, service.address);
    if ('refusal' in route || output === undefined || input === undefined || !isOnTheWire(output)) continue;
    const room = (route.mtu ?? output.mtu) - overhead(destination);
    const chain = droppingChain(host.firewall, 'output', {
      family: service.family,
      source: service.address,
      protocol: icmp,
      output: input.name,
    });
    if (room >= input.mtu || chain === undefined) continue;
    return [
      {
        trouble: `large packets to ${targetName(server)} are lost, and clients never learn why`,
        evidence: [
          `${input.name} takes packets of ${input.mtu} bytes, the tunnel by ${output.name} of ${room}`,
          `${chainName(chain)} drops the ICMP messages that say so`,
          'with the command large packets go through the tunnel in fragments',
        ],
        remedy: { command: sysctlCommand([setting, 0]) },
      },
    ];
  }
  return [];
}

const icmp = 1;

/** Bytes that a tunnel puts before each packet. */
function overhead({ address, tunnelType, tunnelFlags }: DestinationEntry): number {
  const outer = address.family === AddressFamily.ipv4 ? 20 : 40;
  if (tunnelType === TunnelType.gue) return outer + 8 + 4 + (tunnelFlags === 0 ? 0 : 4);
  if (tunnelType === TunnelType.gre) return outer + 4 + (tunnelFlags === 0 ? 0 : 4);
  return outer;
}
