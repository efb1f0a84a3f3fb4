import { Protocol } from '../ipvs/model.js';
import type { Connection } from '../ipvs/connections.js';
import { endpointText, type EntryNames } from './entry-names.js';
import { printableText } from './printable-text.js';

/** The title lines of the connection listing, with or without the columns of the persistence engine. */
export function connectionsTitle(engineData: boolean): string {
  const columns = 'pro expire state       source             virtual            destination';
  return `IPVS connection entries\n${columns}${engineData ? '        pe name          pe_data' : ''}\n`;
}

/** One line of the connection listing. */
export function connectionLine(entry: Connection, engineData: boolean, names: EntryNames): string {
  const protocol = protocolNumber(entry.protocol);
  const client = endpointText(entry.client, entry.clientPort, protocol, names);
  const virtual = endpointText(entry.virtual, entry.virtualPort, protocol, names);
  const destination = endpointText(entry.destination, entry.destinationPort, protocol, names);
  const line = `${entry.protocol.padEnd(3)} ${expiryText(entry.expires).padEnd(6)} ${entry.state.padEnd(11)} ${client.padEnd(18)} ${virtual.padEnd(18)} `;
  if (!engineData || entry.persistenceEngine === '') return `${line}${destination}\n`;
  return `${line}${destination.padEnd(16)} ${entry.persistenceEngine.padEnd(18)} ${printableText(entry.persistenceData)}\n`;
}

/** The IP protocol number of a protocol as the kernel calls it in the list of connections; 0 for others. */
export function protocolNumber(name: string): number {
  if (name === 'TCP') return Protocol.tcp;
  if (name === 'UDP') return Protocol.udp;
  return name === 'SCTP' ? Protocol.sctp : 0;
}

/** `MM:SS`, minutes of two digits or more; an entry that is late to go has no time left. */
function expiryText(seconds: number): string {
  const left = Math.max(seconds, 0);
  return `${twoDigits(Math.floor(left / 60))}:${twoDigits(left % 60)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
