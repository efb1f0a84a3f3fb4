import { setTimeout } from 'node:timers/promises';
import { AddressFamily, parseInetAton, sameAddress, type IpAddress } from '../../ipvs/address.js';
import type { ListedState } from '../../ipvs/listing.js';
import { reverseLookupBound, type NameService } from '../../names/name-service.js';
import type { EntryNames } from '../../output/entry-names.js';
import { parseNumber } from '../values.js';

/**
 * The names to save a table with: only those that are read back as just what they stand for, by us and by ipvsadm
 * 1.31. A host name must be that of an IPv4 address, must not read as a number itself and must have no other address
 * than this; the name of a port must lead to that port.
 */
export async function restorableNames(
  entries: readonly ListedState[],
  names: NameService,
): Promise<EntryNames> {
  const addresses = Array.from(ipv4Addresses(entries));
  await names.resolveAddresses(addresses);
  const hosts = new Set(addresses.map((address) => names.hostName(address)));
  const known = Array.from(hosts).filter((host) => host !== undefined);
  const givenUp = new AbortController();
  await Promise.race([
    names.resolveHosts(known),
    setTimeout(reverseLookupBound, undefined, { signal: givenUp.signal }),
  ]);
  givenUp.abort();
  return {
    hostName: (address) => {
      const host = address.family === AddressFamily.ipv4 ? names.hostName(address) : undefined;
      if (host === undefined || parseInetAton(host) !== undefined) return undefined;
      const sole = names.soleAddress(host);
      return sole !== undefined && sameAddress(sole, address) ? host : undefined;
    },
    portName: (port, protocol) => {
      const name = names.portName(port, protocol);
      if (name === undefined || name.includes(':') || !/^[\x21-\x7e]+$/.test(name)) return undefined;
      return parseNumber(name, -Infinity, Infinity) === undefined &&
        names.servicePort(name, protocol) === port
        ? name
        : undefined;
    },
  };
}

function* ipv4Addresses(entries: readonly ListedState[]): Iterable<IpAddress> {
  for (const { service, destinations } of entries) {
    if (service.fwmark === 0 && service.family === AddressFamily.ipv4) yield service.address;
    for (const { address } of destinations) if (address.family === AddressFamily.ipv4) yield address;
  }
}
