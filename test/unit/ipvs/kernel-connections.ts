import fc from 'fast-check';
import { AddressFamily, type IpAddress } from '../../../src/ipvs/address.js';
import type { Connection } from '../../../src/ipvs/connections.js';
import * as arbitrary from './arbitraries.js';

// The list of connections as the kernel prints it.

export const title = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';

function hex(address: IpAddress): string {
  const words = [address.w0, address.w1, address.w2, address.w3].map((word) =>
    word.toString(16).toUpperCase().padStart(8, '0'),
  );
  return address.family === AddressFamily.ipv4
    ? (words[0] ?? '')
    : words.map((word) => `${word.slice(0, 4)}:${word.slice(4)}`).join(':');
}

/** A line as the kernel prints it (`ip_vs_conn_seq_show`). */
export function line(connection: Connection): string {
  const port = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
  const engine =
    connection.persistenceEngine === ''
      ? ''
      : ` ${connection.persistenceEngine} ${connection.persistenceData}`;
  return (
    `${connection.protocol.padEnd(3)} ${hex(connection.client)} ${port(connection.clientPort)} ` +
    `${hex(connection.virtual)} ${port(connection.virtualPort)} ` +
    `${hex(connection.destination)} ${port(connection.destinationPort)} ` +
    `${connection.state.padEnd(11)} ${String(connection.expires).padStart(7)}${engine}\n`
  );
}

const word = fc.stringMatching(/^[A-Z_]{1,12}$/);
const port = fc.nat(0xffff);

/** A connection that the kernel may have. */
export const anyConnection = fc.record<Connection>({
  protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', 'IP'),
  client: arbitrary.address,
  clientPort: port,
  virtual: arbitrary.address,
  virtualPort: port,
  destination: arbitrary.address,
  destinationPort: port,
  state: word,
  expires: fc.nat(),
  persistenceEngine: fc.constantFrom('', 'sip'),
  persistenceData: fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/[\n\0]/.test(text)),
});
