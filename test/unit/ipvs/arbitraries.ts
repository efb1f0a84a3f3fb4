import fc from 'fast-check';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import {
  addressService,
  fwmarkService,
  type Destination,
  type DestinationEntry,
  type Service,
  type ServiceKey,
  type Stats,
  type SyncDaemon,
} from '../../../src/ipvs/model.js';

// What the kernel may hold, generated.

const word = fc.nat(0xffff_ffff);
const port = fc.nat(0xffff);

const ipv4: fc.Arbitrary<IpAddress> = word.map((w0) => new IpAddress(AddressFamily.ipv4, w0));
/** Also with many zeros, which the text of an address abbreviates. */
const half = fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: port, weight: 1 });
export const ipv6: fc.Arbitrary<IpAddress> = fc
  .tuple(half, half, half, half, half, half, half, half)
  .map(
    ([a, b, c, d, e, f, g, h]) =>
      new IpAddress(AddressFamily.ipv6, a * 65_536 + b, c * 65_536 + d, e * 65_536 + f, g * 65_536 + h),
  );
export const address: fc.Arbitrary<IpAddress> = fc.oneof(ipv4, ipv6);

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,14}$/);
const counter = fc.oneof(
  fc.constant(0n),
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.bigInt(2n ** 53n, 2n ** 53n + 9n),
);

const serviceKey: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.tuple(fc.constantFrom(6, 17, 132), address, port).map((key) => addressService(...key)),
  fc
    .tuple(fc.integer({ min: 1, max: 0xffff_ffff }), fc.constantFrom(AddressFamily.ipv4, AddressFamily.ipv6))
    .map((key) => fwmarkService(...key)),
);

export const service: fc.Arbitrary<Service> = fc
  .record({
    key: serviceKey,
    scheduler: name,
    flags: fc.nat(0x3f),
    timeout: word,
    mask: word,
    prefix: fc.integer({ min: 1, max: 128 }),
    persistenceEngine: fc.oneof(fc.constant(''), name),
  })
  .map(({ key, mask, prefix, ...configuration }) => ({
    ...key,
    ...configuration,
    netmask: key.family === AddressFamily.ipv4 ? mask : prefix,
  }));

const destination: fc.Arbitrary<Destination> = fc.record({
  address,
  port,
  forwarding: fc.nat(4),
  weight: fc.integer(),
  upperThreshold: word,
  lowerThreshold: word,
  tunnelType: fc.nat(2),
  tunnelPort: port,
  tunnelFlags: fc.nat(3),
});

export const stats: fc.Arbitrary<Stats> = fc.record({
  connections: counter,
  inPackets: counter,
  outPackets: counter,
  inBytes: counter,
  outBytes: counter,
  connectionRate: counter,
  inPacketRate: counter,
  outPacketRate: counter,
  inByteRate: counter,
  outByteRate: counter,
});

export const destinationEntry: fc.Arbitrary<DestinationEntry> = fc
  .record({
    destination,
    activeConnections: word,
    inactiveConnections: word,
    persistentConnections: word,
    stats,
  })
  .map(({ destination: configuration, ...observed }) => ({ ...configuration, ...observed }));

export const daemon: fc.Arbitrary<SyncDaemon> = fc.record(
  {
    state: fc.constantFrom(1, 2),
    interface: name,
    syncId: fc.nat(255),
    maxLength: port,
    group: address,
    port,
    ttl: fc.nat(255),
  },
  { requiredKeys: ['state', 'interface', 'syncId'] },
);
