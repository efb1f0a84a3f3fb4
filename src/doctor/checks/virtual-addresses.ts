import { AddressFamily, type IpAddress } from '../../ipvs/address.js';
import type { Host } from '../../host/host.js';
import { interfaceSetting, shellWord, sysctlCommand } from '../commands.js';
import type { Director } from '../director.js';
import { firstFew } from '../evidence.js';
import type { FoundTrouble } from '../rule.js';
import {
  anyClient,
  holderOf,
  isOnTheWire,
  requestInterface,
  routeInterface,
  virtualAddresses,
} from '../virtual-addresses.js';

/** A virtual address is on an interface that is switched off. On a virtual one that does no harm. */
export function interfaceDown(director: Director): FoundTrouble[] {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  for (const { vip, services } of virtualAddresses(director)) {
    const holder = holderOf(host, vip);
    if (holder === undefined || holder.up || !isOnTheWire(holder)) continue;
    findings.push({
      trouble: `the interface of the virtual address ${vip.toString()} is down`,
      evidence: [`${holder.name} has the address and is not up`, ...firstFew(services)],
      remedy: { command: `ip link set dev ${shellWord(holder.name)} up` },
    });
  }
  return findings;
}

/** A packet only reaches IPVS when the machine takes its destination for its own. */
export async function unboundAddress(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings: FoundTrouble[] = [];
  for (const { vip, services } of virtualAddresses(director)) {
    if (holderOf(host, vip) !== undefined || (await isLocal(host, vip))) continue;
    findings.push({
      trouble: `this machine does not have the virtual address ${vip.toString()}, so its packets don't reach IPVS`,
      evidence: ['no interface has it, and no local route leads to it', ...firstFew(services)],
      remedy: { command: addCommand(vip, await interfaceFor(host, vip)) },
    });
  }
  return findings;
}

const allReversePaths = interfaceSetting('ipv4', 'all', 'rp_filter');

/** With strict `rp_filter` a request is dropped when its answer would leave by another interface. */
export async function strictReversePath(director: Director): Promise<FoundTrouble[]> {
  const { host } = director;
  const findings = new Map<string, FoundTrouble>();
  if (anyClient === undefined) return [];
  for (const { vip, services } of virtualAddresses(director)) {
    const holder = holderOf(host, vip);
    if (vip.family !== AddressFamily.ipv4 || holder?.up !== true || holder.loopback) continue;
    const back = routeInterface(host, await host.routeTo(anyClient));
    if (back === undefined || back === holder || findings.has(holder.name)) continue;
    const setting = interfaceSetting('ipv4', holder.name, 'rp_filter');
    const mode = Math.max(host.sysctl(setting) ?? 0, host.sysctl(allReversePaths) ?? 0);
    const verdict = await host.inputRoute(anyClient, vip, holder.index);
    if (mode !== 1 || !('refusal' in verdict)) continue;
    findings.set(holder.name, {
      trouble: `requests that come in by ${holder.name} are dropped, since their answers leave by ${back.name}`,
      evidence: [
        `${vip.toString()} is on ${holder.name}, the default route goes by ${back.name}`,
        `the larger of ${allReversePaths} and ${setting} is 1, strict`,
        ...firstFew(services),
      ],
      remedy: { command: sysctlCommand([setting, 2]) },
    });
  }
  return [...findings.values()];
}

/** The command that gives an interface an address for its own. */
export function addCommand(address: IpAddress, name: string): string {
  return address.family === AddressFamily.ipv4
    ? `ip address add ${address.toString()}/32 dev ${shellWord(name)}`
    : `ip -6 address add ${address.toString()}/128 dev ${shellWord(name)} nodad`;
}

async function isLocal(host: Host, vip: IpAddress): Promise<boolean> {
  const route = await host.routeTo(vip);
  return !('refusal' in route) && route.local;
}

/** The interface whose network an address is in, or the one that requests come in by. */
async function interfaceFor(host: Host, vip: IpAddress): Promise<string> {
  const byRoute = routeInterface(host, await host.routeTo(vip));
  return (byRoute ?? (await requestInterface(host, vip)))?.name ?? 'lo';
}
