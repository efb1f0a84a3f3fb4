import { AddressFamily } from '../../ipvs/address.js';
import { Forwarding, Protocol } from '../../ipvs/model.js';
import type { Chain } from '../../host/firewall/firewall.js';
import { droppingChain, mayMasquerade } from '../../host/firewall/verdict.js';
import { targetName } from '../../output/plain-names.js';
import { interfaceSetting, sysctlCommand } from '../commands.js';
import { serversOf, type Director, type Server } from '../director.js';
import { firstFew } from '../evidence.js';
import { acceptCommand, chainName } from '../firewall-commands.js';
import type { FoundTrouble } from '../rule.js';
import { holderOf, requestInterface, routeInterface } from '../virtual-addresses.js';

const families = [
  { family: AddressFamily.ipv4, version: 'ipv4', setting: 'net.ipv4.ip_forward' },
  { family: AddressFamily.ipv6, version: 'ipv6', setting: 'net.ipv6.conf.all.forwarding' },
] as const;

/** The answers of masqueraded servers pass through this machine as through a router. */
export async function forwardingOff(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  for (const { family, version, setting } of families) {
    const servers = [...serversOf(director, Forwarding.masquerade, family)];
    if (servers.length === 0) continue;
    if (host.sysctl(setting) === 0) {
      findings.push({
        trouble: 'the answers of masqueraded servers are not forwarded',
        evidence: [`${setting} is 0`, ...firstFew(servers.map(targetName))],
        remedy: { command: sysctlCommand([setting, 1]) },
      });
      continue;
    }
    for (const [name, behind] of await byInterface(director, servers)) {
      const own = interfaceSetting(version, name, 'forwarding');
      if (version === 'ipv6' || host.sysctl(own) !== 0) continue;
      findings.push({
        trouble: `the answers of masqueraded servers that come in by ${name} are not forwarded`,
        evidence: [`${own} is 0`, ...firstFew(behind.map(targetName))],
        remedy: { command: sysctlCommand([own, 1]) },
      });
    }
  }
  return findings;
}

/** A redirect would tell a server to answer the client past this machine, which then can't translate the answer. */
export async function redirectsSent(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  const servers: Server[] = [];
  for (const server of serversOf(director, Forwarding.masquerade, AddressFamily.ipv4)) {
    const route = await host.routeTo(server.destination.address);
    if (!('refusal' in route) && route.gateway === undefined) servers.push(server);
  }
  for (const [name, behind] of await byInterface(director, servers)) {
    const [first] = behind.filter(({ service }) => holderOf(host, service.address)?.name === name);
    const settings = ['all', name].map((each) => interfaceSetting('ipv4', each, 'send_redirects'));
    const on = settings.filter((setting) => host.sysctl(setting) === 1);
    if (first === undefined || on.length === 0) continue;
    findings.push({
      trouble: `servers are told to answer clients directly, past this machine that masquerades them`,
      evidence: [
        `${first.service.address.toString()} and the servers are both on ${name}`,
        `one is enough: ${on.join(', ')} = 1`,
        ...firstFew(behind.map(targetName)),
      ],
      remedy: { command: sysctlCommand(...on.map((setting) => [setting, 0] as const)) },
    });
  }
  return findings;
}

/** The firewall does not let the answers of masqueraded servers through. */
export async function answersDropped(director: Director): Promise<FoundTrouble[]> {
  const findings: FoundTrouble[] = [];
  const seen = new Set<string>();
  for (const server of serversOf(director, Forwarding.masquerade)) {
    const { address } = server.destination;
    const chain = await chainDroppingAnswers(director, server);
    if (chain === undefined || seen.has(address.toString())) continue;
    seen.add(address.toString());
    findings.push({
      trouble: `the firewall drops the answers of ${targetName(server)}`,
      evidence: [
        `${chainName(chain)} drops what comes from ${address.toString()}`,
        'connection tracking does not know the answers while net.ipv4.vs.conntrack is 0',
      ].slice(0, director.host.sysctl('net.ipv4.vs.conntrack') === 0 ? 2 : 1),
      remedy: { command: acceptCommand(chain, { family: address.family, source: address }) },
    });
  }
  return findings;
}

/** So many packets of requests without one of an answer are no accident. */
const tellingPackets = 3n;

/** Requests reach masqueraded servers, and no answer comes back through this machine. */
export async function answersMissing(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  if ((await forwardingOff(director)).length > 0) return [];
  const conntrack = host.sysctl('net.ipv4.vs.conntrack');
  for (const server of serversOf(director, Forwarding.masquerade)) {
    const { service, destination } = server;
    const { inPackets, outPackets } = destination.stats;
    // UDP may well have no answers.
    if (
      service.protocol === Protocol.udp ||
      destination.weight === 0 ||
      inPackets < tellingPackets ||
      outPackets > 0n
    )
      continue;
    if ((await chainDroppingAnswers(director, server)) !== undefined) continue;
    const route = await host.routeTo(destination.address);
    const output = routeInterface(host, route);
    if ('refusal' in route || isSilent(director, server, route.interface)) continue;
    const packet = { family: destination.address.family, output: output?.name };
    const evidence = [`it was sent ${inPackets} packets and sent none through this machine`];
    const source = route.source?.toString() ?? 'this machine';
    if (conntrack === 0 && mayMasquerade(host.firewall, packet)) {
      findings.push({
        trouble: `the firewall's masquerading does not see what goes to ${targetName(server)}`,
        evidence: [...evidence, 'net.ipv4.vs.conntrack is 0: packets of IPVS pass its NAT by'],
        remedy: { command: sysctlCommand(['net.ipv4.vs.conntrack', 1]) },
      });
    } else {
      const version = destination.address.family === AddressFamily.ipv4 ? '' : '-6 ';
      findings.push({
        trouble: `the answers of ${targetName(server)} don't come back through this machine`,
        evidence: [...evidence, 'a masqueraded server has to have this machine for its default router'],
        remedy: {
          command: `ip ${version}route replace default via ${source}`,
          host: destination.address.toString(),
        },
      });
    }
  }
  return findings;
}

/** FTP names addresses and ports in what it says: that is translated by a module of its own. */
export function ftpHelperMissing(director: Director): FoundTrouble[] {
  const servers = [...serversOf(director, Forwarding.masquerade)].filter(
    ({ service }) => service.protocol === Protocol.tcp && service.port === ftpPort,
  );
  if (servers.length === 0 || director.host.modules.isLoaded('ip_vs_ftp')) return [];
  return [
    {
      trouble: 'the data connections of masqueraded FTP servers fail',
      evidence: ['the kernel module ip_vs_ftp is not loaded', ...firstFew(servers.map(targetName))],
      remedy: { command: 'modprobe ip_vs_ftp' },
    },
  ];
}

const ftpPort = 21;

async function chainDroppingAnswers(
  { host }: Director,
  { service, destination }: Server,
): Promise<Chain | undefined> {
  const input = routeInterface(host, await host.routeTo(destination.address));
  const output = service.fwmark === 0 ? await requestInterface(host, service.address) : undefined;
  const tracked = host.sysctl('net.ipv4.vs.conntrack') === 1;
  return droppingChain(host.firewall, 'forward', {
    family: destination.address.family,
    source: destination.address,
    protocol: service.fwmark === 0 ? service.protocol : undefined,
    input: input?.name,
    output: output?.name,
    // What connection tracking did not see beginning it holds for invalid.
    state: tracked ? 'established' : service.protocol === Protocol.tcp ? 'invalid' : undefined,
  });
}

function isSilent({ host }: Director, { destination }: Server, index: number): boolean {
  const text = destination.address.toString();
  return host.neighbours.some(
    (one) => one.failed && one.interface === index && one.address.toString() === text,
  );
}

async function byInterface(
  { host }: Director,
  servers: readonly Server[],
): Promise<ReadonlyMap<string, readonly Server[]>> {
  const groups = new Map<string, Server[]>();
  for (const server of servers) {
    const name = routeInterface(host, await host.routeTo(server.destination.address))?.name;
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), server]);
  }
  return groups;
}
