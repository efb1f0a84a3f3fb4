import { Forms, type Places } from '../netlink/forms.js';
import { littleEndian } from '../netlink/writer.js';
import { AddressFamily, IpAddress } from './address.js';
import { messageTable } from './message-table.js';
import type { Destination, Service, Stats } from './model.js';

// Listings have thousands of messages that are formed alike: they are read from the places of their attributes.

const attributeHeaderSize = 4;

const servicePaths = {
  family: 'service.family',
  protocol: 'service.protocol',
  address: 'service.address',
  port: 'service.port',
  scheduler: 'service.scheduler',
  flags: 'service.flags',
  timeout: 'service.timeout',
  netmask: 'service.netmask',
} as const;
const rareServicePaths = ['service.fwmark', 'service.persistenceEngine'];

const counterPaths = {
  connections: 'service.stats64.connections',
  inPackets: 'service.stats64.inPackets',
  outPackets: 'service.stats64.outPackets',
  inBytes: 'service.stats64.inBytes',
  outBytes: 'service.stats64.outBytes',
  connectionRate: 'service.stats64.connectionRate',
  inPacketRate: 'service.stats64.inPacketRate',
  outPacketRate: 'service.stats64.outPacketRate',
  inByteRate: 'service.stats64.inByteRate',
  outByteRate: 'service.stats64.outByteRate',
} as const;

/** Where the configuration of a destination is in its message. */
export const destinationPaths = {
  family: 'destination.family',
  address: 'destination.address',
  port: 'destination.port',
  forwarding: 'destination.forwarding',
  weight: 'destination.weight',
  tunnelType: 'destination.tunnelType',
  tunnelPort: 'destination.tunnelPort',
  tunnelFlags: 'destination.tunnelFlags',
  upperThreshold: 'destination.upperThreshold',
  lowerThreshold: 'destination.lowerThreshold',
} as const;

type CounterPlaces = Places<keyof typeof counterPaths>;
type DestinationPlaces = Places<keyof typeof destinationPaths>;

const serviceForms = new Forms(messageTable, servicePaths, rareServicePaths);
const counterForms = new Forms(messageTable, counterPaths);
const destinationForms = new Forms(messageTable, destinationPaths);

/** Learns the form of a service's message, which must have been read without an error. */
export function learnService(view: DataView, start: number, end: number): void {
  serviceForms.learn(view, start, end);
}

/** Learns where the counters of such a message are; they must have been read too. */
export function learnServiceCounters(view: DataView, start: number, end: number): void {
  counterForms.learn(view, start, end);
}

/**
 * Reads a service but for its counters, if its message is formed as one before. Undefined where it is not, for a service
 * by mark, and for one with a persistence engine.
 */
export function formedService(view: DataView, start: number, end: number): Service | undefined {
  const places = serviceForms.find(view, start, end);
  if (places === undefined) return undefined;
  const family = view.getUint16(start + places.family, littleEndian);
  const scheduler = shortName(view, start + places.scheduler);
  if ((family !== AddressFamily.ipv4 && family !== AddressFamily.ipv6) || scheduler === undefined) {
    return undefined;
  }
  const isIpv4 = family === AddressFamily.ipv4;
  return {
    family,
    protocol: view.getUint16(start + places.protocol, littleEndian),
    address: addressAt(view, start + places.address, family),
    port: view.getUint16(start + places.port),
    fwmark: 0,
    scheduler,
    flags: view.getUint32(start + places.flags, littleEndian),
    timeout: view.getUint32(start + places.timeout, littleEndian),
    // See netmaskOnWire in wire.ts.
    netmask: view.getUint32(start + places.netmask, isIpv4 ? false : littleEndian),
    persistenceEngine: '',
  };
}

/** Reads the counters of a service, if its message is formed as one before. */
export function formedServiceCounters(view: DataView, start: number, end: number): Stats | undefined {
  const places: CounterPlaces | undefined = counterForms.find(view, start, end);
  if (places === undefined) return undefined;
  return {
    connections: counterAt(view, start + places.connections),
    inPackets: counterAt(view, start + places.inPackets),
    outPackets: counterAt(view, start + places.outPackets),
    inBytes: counterAt(view, start + places.inBytes),
    outBytes: counterAt(view, start + places.outBytes),
    connectionRate: counterAt(view, start + places.connectionRate),
    inPacketRate: counterAt(view, start + places.inPacketRate),
    outPacketRate: counterAt(view, start + places.outPacketRate),
    inByteRate: counterAt(view, start + places.inByteRate),
    outByteRate: counterAt(view, start + places.outByteRate),
  };
}

/** Learns the form of a destination's message, which must have been read without an error. */
export function learnDestination(view: DataView, start: number, end: number): void {
  destinationForms.learn(view, start, end);
}

/**
 * Reads the configuration of a destination, if its message is formed as one before; it is `guess` itself where it is
 * just as that.
 */
export function formedDestination(
  view: DataView,
  start: number,
  end: number,
  guess: Destination | undefined,
): Destination | undefined {
  const places = destinationForms.find(view, start, end);
  if (places === undefined) return undefined;
  const family = view.getUint16(start + places.family, littleEndian);
  if (guess?.address.family === family && isAt(view, start, places, guess)) return guess;
  if (family !== AddressFamily.ipv4 && family !== AddressFamily.ipv6) return undefined;
  return {
    address: addressAt(view, start + places.address, family),
    port: view.getUint16(start + places.port),
    forwarding: view.getUint32(start + places.forwarding, littleEndian),
    weight: view.getInt32(start + places.weight, littleEndian),
    upperThreshold: view.getUint32(start + places.upperThreshold, littleEndian),
    lowerThreshold: view.getUint32(start + places.lowerThreshold, littleEndian),
    tunnelType: view.getUint8(start + places.tunnelType),
    tunnelPort: view.getUint16(start + places.tunnelPort),
    tunnelFlags: view.getUint16(start + places.tunnelFlags, littleEndian),
  };
}

/** Whether a message has just this destination, whose family it has. */
function isAt(view: DataView, start: number, places: DestinationPlaces, destination: Destination): boolean {
  return (
    view.getUint16(start + places.port) === destination.port &&
    view.getInt32(start + places.weight, littleEndian) === destination.weight &&
    view.getUint32(start + places.forwarding, littleEndian) === destination.forwarding &&
    view.getUint32(start + places.upperThreshold, littleEndian) === destination.upperThreshold &&
    view.getUint32(start + places.lowerThreshold, littleEndian) === destination.lowerThreshold &&
    view.getUint8(start + places.tunnelType) === destination.tunnelType &&
    view.getUint16(start + places.tunnelPort) === destination.tunnelPort &&
    view.getUint16(start + places.tunnelFlags, littleEndian) === destination.tunnelFlags &&
    isAddressAt(view, start + places.address, destination.address)
  );
}

function isAddressAt(view: DataView, at: number, { family, w0, w1, w2, w3 }: IpAddress): boolean {
  if (view.getUint32(at) !== w0) return false;
  if (family === AddressFamily.ipv4) return true;
  return view.getUint32(at + 4) === w1 && view.getUint32(at + 8) === w2 && view.getUint32(at + 12) === w3;
}

function addressAt(view: DataView, at: number, family: AddressFamily): IpAddress {
  const first = view.getUint32(at);
  if (family === AddressFamily.ipv4) return new IpAddress(family, first);
  return new IpAddress(
    family,
    first,
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  );
}

/** Most counters of most tables are zero: that one needs no new bigint. */
function counterAt(view: DataView, at: number): bigint {
  return view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 ? 0n : view.getBigUint64(at, littleEndian);
}

/** `IP_VS_SCHEDNAME_MAXLEN`, the zero at the end included. */
const nameSize = 16;

/** The text of an attribute; undefined for one that is not ASCII or too long. */
function shortName(view: DataView, at: number): string | undefined {
  const size = view.getUint16(at - attributeHeaderSize, littleEndian) - attributeHeaderSize;
  let text = '';
  for (let i = 0; i < size; i++) {
    const code = view.getUint8(at + i);
    if (code === 0) return text;
    if (code > 0x7f || i >= nameSize - 1) return undefined;
    text += String.fromCharCode(code);
  }
  return size < nameSize ? text : undefined;
}
