import { Pattern } from '../netlink/pattern.js';
import { littleEndian, type ByteWriter } from '../netlink/writer.js';
import { AddressFamily, ipv6Unspecified, type IpAddress } from './address.js';
import type { Destination, DestinationConfig, ServiceKey } from './model.js';
import type { Table } from '../netlink/attributes.js';
import type { Schema } from '../netlink/codec.js';

// The requests that there are thousands of, written without going through their schema.

const serviceSample = { family: 0, protocol: 0, address: ipv6Unspecified, port: 0 };
const servicePaths = {
  family: 'service.family',
  protocol: 'service.protocol',
  address: 'service.address',
  port: 'service.port',
} as const;

const destinationSample = {
  family: 0,
  address: ipv6Unspecified,
  port: 0,
  forwarding: 0,
  weight: 0,
  tunnelType: 0,
  tunnelPort: 0,
  tunnelFlags: 0,
  upperThreshold: 0,
  lowerThreshold: 0,
};
const destinationPaths = {
  destinationFamily: 'destination.family',
  destinationAddress: 'destination.address',
  destinationPort: 'destination.port',
  forwarding: 'destination.forwarding',
  weight: 'destination.weight',
  tunnelType: 'destination.tunnelType',
  tunnelPort: 'destination.tunnelPort',
  tunnelFlags: 'destination.tunnelFlags',
  upperThreshold: 'destination.upperThreshold',
  lowerThreshold: 'destination.lowerThreshold',
} as const;

/** What most servers have as the one before has it. */
interface Repeated extends Omit<DestinationConfig, 'weight'> {
  readonly family: number;
}

/** Writes requests by patterns of the schema's messages. */
export class Requests {
  readonly #service: Pattern<keyof typeof servicePaths>;
  readonly #destination: Pattern<keyof typeof servicePaths | keyof typeof destinationPaths>;
  /** What the pattern of servers has. */
  #latestService: ServiceKey | undefined;
  #latest: Repeated = destinationSample;

  constructor(table: Table<Schema>) {
    this.#service = new Pattern(table, { service: serviceSample }, servicePaths);
    this.#destination = new Pattern(
      table,
      { service: serviceSample, destination: destinationSample },
      { ...servicePaths, ...destinationPaths },
    );
  }

  /** Appends what names a service. False, and nothing is appended, for one by mark or with a value that is none. */
  putService(writer: ByteWriter, service: ServiceKey): boolean {
    if (!isPlainService(service)) return false;
    const at = this.#service.append(writer);
    putServiceAt(writer.view, at, this.#service.places, service);
    return true;
  }

  /** Appends a service's name and a server with all its configuration; false as in {@link putService}. */
  putDestination(writer: ByteWriter, service: ServiceKey, destination: Destination): boolean {
    const { address, port, weight } = destination;
    if (!isUint16(port) || (weight | 0) !== weight) return false;
    if (!isSameKey(service, this.#latestService) && !this.#setService(service)) return false;
    if (!isRepeated(destination, this.#latest) && !this.#setRepeated(destination)) return false;
    const at = this.#destination.append(writer);
    const { places } = this.#destination;
    const { view } = writer;
    putAddress(view, at + places.destinationAddress, address);
    view.setUint16(at + places.destinationPort, port);
    view.setInt32(at + places.weight, weight, littleEndian);
    return true;
  }

  /** Has the pattern of servers name another service. */
  #setService(service: ServiceKey): boolean {
    if (!isPlainService(service)) return false;
    const { family, protocol, address, port, fwmark } = service;
    // Half of a service, should it have no address, is none.
    this.#latestService = undefined;
    putServiceAt(this.#destination.view, 0, this.#destination.places, service);
    this.#latestService = { family, protocol, address, port, fwmark };
    return true;
  }

  /** Gives the pattern of servers the rest of a server's configuration. */
  #setRepeated(destination: Destination): boolean {
    const { forwarding, tunnelType, tunnelPort, tunnelFlags, upperThreshold, lowerThreshold } = destination;
    const { family } = destination.address;
    const isPlain =
      isUint32(forwarding) &&
      (tunnelType & 0xff) === tunnelType &&
      isUint16(tunnelPort) &&
      isUint16(tunnelFlags) &&
      isUint32(upperThreshold) &&
      isUint32(lowerThreshold);
    if (!isPlain) return false;
    const { view, places } = this.#destination;
    view.setUint16(places.destinationFamily, family, littleEndian);
    view.setUint32(places.forwarding, forwarding, littleEndian);
    view.setUint8(places.tunnelType, tunnelType);
    view.setUint16(places.tunnelPort, tunnelPort);
    view.setUint16(places.tunnelFlags, tunnelFlags, littleEndian);
    view.setUint32(places.upperThreshold, upperThreshold, littleEndian);
    view.setUint32(places.lowerThreshold, lowerThreshold, littleEndian);
    this.#latest = {
      family,
      forwarding,
      tunnelType,
      tunnelPort,
      tunnelFlags,
      upperThreshold,
      lowerThreshold,
    };
    return true;
  }
}

function isSameKey(a: ServiceKey, b: ServiceKey | undefined): boolean {
  return (
    b !== undefined &&
    a.address === b.address &&
    a.port === b.port &&
    a.protocol === b.protocol &&
    a.family === b.family &&
    a.fwmark === b.fwmark
  );
}

function isRepeated(destination: Destination, latest: Repeated): boolean {
  return (
    destination.address.family === latest.family &&
    destination.forwarding === latest.forwarding &&
    destination.tunnelType === latest.tunnelType &&
    destination.tunnelPort === latest.tunnelPort &&
    destination.tunnelFlags === latest.tunnelFlags &&
    destination.upperThreshold === latest.upperThreshold &&
    destination.lowerThreshold === latest.lowerThreshold
  );
}

function putServiceAt(
  view: DataView,
  at: number,
  places: Pattern<keyof typeof servicePaths>['places'],
  service: ServiceKey,
): void {
  view.setUint16(at + places.family, service.family, littleEndian);
  view.setUint16(at + places.protocol, service.protocol, littleEndian);
  const { w0, w1, w2, w3 } = service.address;
  view.setUint32(at + places.address, w0);
  view.setUint32(at + places.address + 4, w1);
  view.setUint32(at + places.address + 8, w2);
  view.setUint32(at + places.address + 12, w3);
  view.setUint16(at + places.port, service.port);
}

/** The sample has no other address. */
function putAddress(view: DataView, at: number, { family, w0, w1, w2, w3 }: IpAddress): void {
  view.setUint32(at, w0);
  if (family === AddressFamily.ipv4) return;
  view.setUint32(at + 4, w1);
  view.setUint32(at + 8, w2);
  view.setUint32(at + 12, w3);
}

function isPlainService({ fwmark, family, protocol, port }: ServiceKey): boolean {
  return fwmark === 0 && isUint16(family) && isUint16(protocol) && isUint16(port);
}

function isUint16(value: number): boolean {
  return (value & 0xffff) === value;
}

function isUint32(value: number): boolean {
  return value >>> 0 === value;
}
