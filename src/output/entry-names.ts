import { AddressFamily, type IpAddress } from '../ipvs/address.js';

/** Numbers to names, for printing; undefined where there is no name, so that the number is printed. */
export interface EntryNames {
  hostName(address: IpAddress): string | undefined;
  /** The name of a port in the services database, for an IP protocol number. */
  portName(port: number, protocol: number): string | undefined;
}

/** Prints every address and port as a number. */
export const numericNames: EntryNames = {
  hostName: () => undefined,
  portName: () => undefined,
};

/** The longest text of an address and a port together: more is cut. */
export const longestEndpoint = 59;

/** `address:port`, IPv6 addresses and their names in brackets. */
export function endpointText(address: IpAddress, port: number, protocol: number, names: EntryNames): string {
  if (names === numericNames) {
    return address.family === AddressFamily.ipv4
      ? `${address.toString()}:${port}`
      : `[${address.toString()}]:${port}`;
  }
  const host = names.hostName(address) ?? address.toString();
  const portText = names.portName(port, protocol) ?? String(port);
  const text = address.family === AddressFamily.ipv4 ? `${host}:${portText}` : `[${host}]:${portText}`;
  return text.length > longestEndpoint ? text.slice(0, longestEndpoint) : text;
}
