import { AddressFamily } from '../ipvs/address.js';
import type { Chain, Packet } from '../host/firewall/firewall.js';
import { shellWord } from './commands.js';

/** A chain as its program calls it. */
export function chainName({ tool, family, table, name }: Chain): string {
  return tool === 'nft' ? `nft chain ${family} ${table} ${name}` : `${tool} chain ${name} of table ${table}`;
}

const protocolWords: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** The command that lets packets pass a chain, before all its other rules. */
export function acceptCommand(chain: Chain, packet: Packet): string {
  const { source, destination, port } = packet;
  const protocol = packet.protocol === undefined ? undefined : protocolWords[packet.protocol];
  if (chain.tool !== 'nft') {
    const words = [chain.tool, ...(chain.table === 'filter' ? [] : ['-t', chain.table]), '-I', chain.name];
    if (source !== undefined) words.push('-s', source.toString());
    if (destination !== undefined) words.push('-d', destination.toString());
    if (protocol !== undefined) words.push('-p', protocol);
    if (port !== undefined) words.push('--dport', String(port));
    return [...words, '-j', 'ACCEPT'].map(shellWord).join(' ');
  }
  const ip = packet.family === AddressFamily.ipv4 ? 'ip' : 'ip6';
  const words = ['nft', 'insert', 'rule', chain.family, chain.table, chain.name];
  if (source !== undefined) words.push(ip, 'saddr', source.toString());
  if (destination !== undefined) words.push(ip, 'daddr', destination.toString());
  if (protocol !== undefined && port !== undefined) words.push(protocol, 'dport', String(port));
  return [...words, 'accept'].map(shellWord).join(' ');
}
