import { Pattern } from '../netlink/pattern.js';
import { littleEndian, type ByteWriter } from '../netlink/writer.js';
import { AddressFamily, ipv6Unspecified, type IpAddress } from './address.js';
import type { Destination, ServiceKey } from './model.js';
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

/** Writes requests by patterns of the schema's messages. */
export class Requests {
  readonly #service: Pattern<keyof typeof servicePaths>;
  readonly #destination: Pattern<keyof typeof servicePaths | keyof typeof destinationPaths>;

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
    putServiceAt(writer, this.#service.append(writer), this.#service.places, service);
    return true;
  }

  /** Appends a service's name and a server with all its configuration; false as in {@link putService}. */
  putDestination(writer: ByteWriter, service: ServiceKey, destination: Destination): boolean {
    if (!isPlainService(service) || !isPlainDestination(destination)) return false;
    const at = this.#destination.append(writer);
    const { places } = this.#destination;
    const { view } = writer;
    putServiceAt(writer, at, places, service);
    view.setUint16(at + places.destinationFamily, destination.address.family, littleEndian);
    putAddress(view, at + places.destinationAddress, destination.address);
    view.setUint16(at + places.destinationPort, destination.port);
    view.setUint32(at + places.forwarding, destination.forwarding, littleEndian);
    view.setInt32(at + places.weight, destination.weight, littleEndian);
    view.setUint8(at + places.tunnelType, destination.tunnelType);
    view.setUint16(at + places.tunnelPort, destination.tunnelPort);
    view.setUint16(at + places.tunnelFlags, destination.tunnelFlags, littleEndian);
    view.setUint32(at + places.upperThreshold, destination.upperThreshold, littleEndian);
    view.setUint32(at + places.lowerThreshold, destination.lowerThreshold, littleEndian);
    return true;
  }
}

function putServiceAt(
  { view }: ByteWriter,
  at: number,
  places: Pattern<keyof typeof servicePaths>['places'],
  service: ServiceKey,
): void {
  view.setUint16(at + places.family, service.family, littleEndian);
  view.setUint16(at + places.protocol, service.protocol, littleEndian);
  putAddress(view, at + places.address, service.address);
  view.setUint16(at + places.port, service.port);
}

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

function isPlainDestination(destination: Destination): boolean {
  return (
    isUint16(destination.port) &&
    isUint32(destination.forwarding) &&
    (destination.weight | 0) === destination.weight &&
    (destination.tunnelType & 0xff) === destination.tunnelType &&
    isUint16(destination.tunnelPort) &&
    isUint16(destination.tunnelFlags) &&
    isUint32(destination.upperThreshold) &&
    isUint32(destination.lowerThreshold)
  );
}

function isUint16(value: number): boolean {
  return (value & 0xffff) === value;
}

function isUint32(value: number): boolean {
  return value >>> 0 === value;
}
