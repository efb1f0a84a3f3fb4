import { AddressFamily, sameAddress, type IpAddress } from '../../ipvs/address.js';
import type { Host } from '../../host/host.js';
import type { Interface } from '../../host/interfaces.js';
import { interfaceSetting, shellWord, sysctlCommand } from '../commands.js';
import { firstFew } from '../evidence.js';
import type { FoundTrouble } from '../rule.js';
import { isOnTheWire } from '../virtual-addresses.js';
import { addCommand } from './virtual-addresses.js';

/** A real server of direct routing or a tunnel, which takes packets to the virtual address for its own. */
export interface RealServer {
  readonly host: Host;
  readonly vip: IpAddress;
}

/** The virtual address is nowhere on the server, which therefore does not take its packets. */
export function addressMissing(server: RealServer): FoundTrouble[] {
  const { vip } = server;
  if (holders(server).length > 0) return [];
  return [
    {
      trouble: `this server does not have the virtual address ${vip.toString()}, so it drops what is forwarded to it`,
      evidence: ['no interface has it'],
      remedy: { command: addCommand(vip, 'lo') },
    },
  ];
}

/** The virtual address is where the server tells the network that it has it. */
export function addressOnTheWire(server: RealServer): FoundTrouble[] {
  const { vip } = server;
  return holders(server)
    .filter(({ holder }) => isOnTheWire(holder))
    .map(({ holder, prefix }) => ({
      trouble: `this server takes the virtual address ${vip.toString()} from the director`,
      evidence: [`${holder.name} has ${vip.toString()}/${prefix} and answers for it`],
      remedy: { command: moveCommand(vip, prefix, holder.name) },
    }));
}

/** On the loopback interface a prefix makes the whole network the machine's own. */
export function prefixTooShort(server: RealServer): FoundTrouble[] {
  const { vip } = server;
  const whole = vip.family === AddressFamily.ipv4 ? 32 : 128;
  return holders(server)
    .filter(({ holder, prefix }) => holder.loopback && prefix !== whole)
    .map(({ holder, prefix }) => ({
      trouble: `this server takes every address of the network of ${vip.toString()} for its own`,
      evidence: [`${holder.name} has ${vip.toString()}/${prefix} where /${whole} is meant`],
      remedy: { command: moveCommand(vip, prefix, holder.name) },
    }));
}

/** The server must not answer when the network asks who has the virtual address. */
export function answersArp(server: RealServer): FoundTrouble[] {
  return arpTrouble(
    server,
    'arp_ignore',
    (value) => value >= 1,
    1,
    'this server answers ARP requests for the virtual address, and takes it from the director',
  );
}

/** The server must not use the virtual address as its own when it asks who has others. */
export function announcesArp(server: RealServer): FoundTrouble[] {
  return arpTrouble(
    server,
    'arp_announce',
    (value) => value === 2,
    2,
    'this server gives the virtual address as its own in ARP requests, and takes it from the director',
  );
}

/** Kinds of interfaces that packets come out of a tunnel by. */
const tunnelKinds: ReadonlySet<string> = new Set(['ipip', 'gre', 'sit', 'ip6tnl', 'ip6gre']);

/** Packets come out of the tunnel from clients that answers do not go to by the tunnel. */
export function tunnelReversePath({ host, vip }: RealServer): FoundTrouble[] {
  if (vip.family !== AddressFamily.ipv4) return [];
  return host.interfaces
    .filter(({ up, kind, name }) => up && tunnelKinds.has(kind) && largest(host, name, 'rp_filter') === 1)
    .map(({ name }) => {
      const own = interfaceSetting('ipv4', name, 'rp_filter');
      return {
        trouble: `what comes out of the tunnel ${name} is dropped, since answers don't go back by it`,
        evidence: [`the larger of net.ipv4.conf.all.rp_filter and ${own} is 1, strict`],
        remedy: { command: sysctlCommand([own, 2]) },
      };
    });
}

/** The virtual address is on a tunnel that is switched off. */
export function tunnelDown(server: RealServer): FoundTrouble[] {
  return holders(server)
    .filter(({ holder }) => !holder.up && !isOnTheWire(holder))
    .map(({ holder }) => ({
      trouble: `the interface of the virtual address, ${holder.name}, is down`,
      evidence: [`${holder.name} is not up`],
      remedy: { command: `ip link set dev ${shellWord(holder.name)} up` },
    }));
}

function holders({ host, vip }: RealServer): { readonly holder: Interface; readonly prefix: number }[] {
  return host.interfaces.flatMap((holder) =>
    holder.addresses
      .filter(({ address }) => sameAddress(address, vip))
      .map(({ prefix }) => ({ holder, prefix })),
  );
}

function moveCommand(vip: IpAddress, prefix: number, from: string): string {
  return `ip address del ${vip.toString()}/${prefix} dev ${shellWord(from)} && ${addCommand(vip, 'lo')}`;
}

/** The kernel uses the larger value of the interface's setting and that of all. */
function largest(host: Host, name: string, key: string): number {
  return Math.max(
    host.sysctl(interfaceSetting('ipv4', 'all', key)) ?? 0,
    host.sysctl(interfaceSetting('ipv4', name, key)) ?? 0,
  );
}

function arpTrouble(
  server: RealServer,
  key: string,
  isRight: (value: number) => boolean,
  right: number,
  trouble: string,
): FoundTrouble[] {
  const { host, vip } = server;
  // IPv6 does not answer for addresses of other interfaces.
  if (vip.family !== AddressFamily.ipv4 || holders(server).length === 0) return [];
  const wrong = host.interfaces.filter(
    (one) => one.up && isOnTheWire(one) && !isRight(largest(host, one.name, key)),
  );
  if (wrong.length === 0) return [];
  const all = interfaceSetting('ipv4', 'all', key);
  return [
    {
      trouble,
      evidence: firstFew(
        wrong.map(
          ({ name }) =>
            `the larger of ${all} and ${interfaceSetting('ipv4', name, key)} is ${largest(host, name, key)}`,
        ),
      ),
      remedy: { command: sysctlCommand([all, right]) },
    },
  ];
}
