import { sameAddress, type IpAddress } from '../../ipvs/address.js';
import { Forwarding } from '../../ipvs/model.js';
import type { Host } from '../../host/host.js';
import { addressNumber, networkRange } from '../../host/firewall/numbers.js';
import type { Interface } from '../../host/interfaces.js';
import { targetName } from '../../output/plain-names.js';
import { editServerCommand, shellWord } from '../commands.js';
import { allServers, type Director, type Server } from '../director.js';
import { firstFew } from '../evidence.js';
import type { FoundTrouble } from '../rule.js';
import { routeInterface } from '../virtual-addresses.js';

/** Servers behind an interface that is switched off. */
export async function serverInterfaceDown(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const names = new Map<Interface, string[]>();
  for (const server of usedServers(director)) {
    const down = await downInterface(host, server.destination.address);
    if (down !== undefined) names.set(down, [...(names.get(down) ?? []), targetName(server)]);
  }
  return Array.from(names, ([{ name }, servers]) => ({
    trouble: `the interface of real servers, ${name}, is down`,
    evidence: [`${name} is in their network and is not up`, ...firstFew(servers)],
    remedy: { command: `ip link set dev ${shellWord(name)} up` },
  }));
}

/** Servers that no route leads to. */
export async function unroutedServers(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  for (const server of usedServers(director)) {
    const { address } = server.destination;
    const route = await host.routeTo(address);
    if (!('refusal' in route) || (await downInterface(host, address)) !== undefined) continue;
    findings.push({
      trouble: `no route leads to ${targetName(server)}`,
      evidence: [`the kernel's answer is ${route.refusal}`, 'the command takes it out of service'],
      remedy: { command: quiesce(server) },
    });
  }
  return findings;
}

/** Direct routing leaves the virtual address in the packet: a router in between would send it back. */
export async function routedDirectServers(director: Director): Promise<FoundTrouble[]> {
  const findings: FoundTrouble[] = [];
  for (const server of usedServers(director)) {
    const { service, destination } = server;
    if (destination.forwarding !== Forwarding.route) continue;
    const route = await director.host.routeTo(destination.address);
    if ('refusal' in route || route.gateway === undefined) continue;
    findings.push({
      trouble: `${targetName(server)} is behind a router, which direct routing can't cross`,
      evidence: [
        `the route to it goes through ${route.gateway.toString()}`,
        'the command forwards through a tunnel, which the server has to be prepared for',
      ],
      remedy: {
        command: editServerCommand(service, { ...destination, forwarding: Forwarding.tunnel }),
      },
    });
  }
  return findings;
}

/** Servers that do not answer when the kernel asks who has their address. */
export async function silentServers(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  for (const server of usedServers(director)) {
    const route = await host.routeTo(server.destination.address);
    if ('refusal' in route) continue;
    const next = route.gateway ?? server.destination.address;
    const failed = host.neighbours.some(
      (one) => one.failed && one.interface === route.interface && sameAddress(one.address, next),
    );
    if (!failed) continue;
    const name = routeInterface(host, route)?.name ?? '?';
    findings.push({
      trouble: `nobody answers at the address of ${targetName(server)}`,
      evidence: [`${next.toString()} on ${name}: FAILED`, 'the command takes it out of service'],
      remedy: { command: quiesce(server) },
    });
  }
  return findings;
}

function* usedServers({ table }: Director): Iterable<Server> {
  for (const server of allServers(table)) {
    const { weight, forwarding } = server.destination;
    if (weight > 0 && forwarding !== Forwarding.local) yield server;
  }
}

/** The interface that is off though an address is in its network, while the route to that goes elsewhere. */
async function downInterface(host: Host, address: IpAddress): Promise<Interface | undefined> {
  const down = host.interfaces.find(
    ({ up, addresses }) =>
      !up &&
      addresses.some((own) => {
        const network = networkRange(`${own.address.toString()}/${own.prefix}`);
        const number = addressNumber(address);
        return (
          network?.family === address.family && number >= network.range.low && number <= network.range.high
        );
      }),
  );
  if (down === undefined) return undefined;
  const route = await host.routeTo(address);
  return !('refusal' in route) && route.local ? undefined : down;
}

function quiesce({ service, destination }: Server): string {
  return editServerCommand(service, { ...destination, weight: 0 });
}
