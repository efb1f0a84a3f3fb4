import { AddressFamily } from '../../ipvs/address.js';
import { addressService, fwmarkService, Protocol, type ServiceKey } from '../../ipvs/model.js';
import type { NameLookup } from '../../names/lookup.js';
import { parseHostPort, parseNumber } from '../values.js';

/** Host and port names are not looked up for a completion. */
const noNames: NameLookup = {
  hostAddress: () => undefined,
  servicePort: () => undefined,
};

const protocols = [
  ['tcp-service', Protocol.tcp],
  ['udp-service', Protocol.udp],
  ['sctp-service', Protocol.sctp],
] as const;

/** The service that options name, by their long names; undefined where they name none that is understood. */
export function serviceNamed(given: ReadonlyMap<string, string | undefined>): ServiceKey | undefined {
  const mark = parseNumber(given.get('fwmark-service') ?? '', 1, 0xffffffff);
  if (mark !== undefined) {
    return fwmarkService(mark, given.has('ipv6') ? AddressFamily.ipv6 : AddressFamily.ipv4);
  }
  for (const [option, protocol] of protocols) {
    const place = parseHostPort(given.get(option) ?? '', protocol, noNames);
    if (place !== undefined) return addressService(protocol, place.address, place.port ?? 0);
  }
  return undefined;
}
