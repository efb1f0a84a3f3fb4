import fc from 'fast-check';
import { parseAddress, type IpAddress } from '../../../src/ipvs/address.js';
import {
  addressService,
  fwmarkService,
  hostNetmask,
  type Destination,
  type DestinationKey,
  type Service,
  type ServiceKey,
} from '../../../src/ipvs/model.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import { tableOf, type Table } from '../../../src/rules/table.js';

// Few entries, so that operations meet those of others; each operation has objects of its own.

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
}

const serviceKeys: readonly ServiceKey[] = [
  addressService(6, address('10.0.0.1'), 80),
  addressService(17, address('10.0.0.1'), 80),
  addressService(6, address('2001:db8::1'), 80),
  fwmarkService(1),
  fwmarkService(0xffff_ffff),
];
/** The kernel double refuses the last as a server. */
const serverKeys: readonly DestinationKey[] = [
  { address: address('10.0.2.1'), port: 80 },
  { address: address('10.0.2.1'), port: 81 },
  { address: address('10.0.2.2'), port: 80 },
  { address: address('2001:db8::51'), port: 80 },
  { address: address('224.0.0.1'), port: 80 },
];

const serviceKey = fc.constantFrom(...serviceKeys);
const serverKey = fc.constantFrom(...serverKeys);

const service: fc.Arbitrary<Service> = fc
  .record({
    key: serviceKey,
    scheduler: fc.constantFrom('rr', 'wrr', 'wlc', 'nosuch'),
    persistence: fc.constantFrom(0, 0, 60, 61),
    persistenceEngine: fc.constantFrom('', '', '', 'sip'),
  })
  .map(({ key, scheduler, persistence, persistenceEngine }) => ({
    ...key,
    scheduler,
    flags: persistence > 0 ? 1 : 0,
    timeout: persistence,
    netmask: hostNetmask(key.family),
    persistenceEngine,
  }));

const destination: fc.Arbitrary<Destination> = fc
  .record({
    key: serverKey,
    forwarding: fc.constantFrom(0, 2, 2, 3),
    weight: fc.nat(2),
    upperThreshold: fc.nat(2),
    lowerThreshold: fc.constantFrom(0, 0, 1),
  })
  .map(({ key, ...configuration }) => ({
    ...key,
    ...configuration,
    tunnelType: 0,
    tunnelPort: 0,
    tunnelFlags: 0,
  }));

const state = fc.constantFrom(1 as const, 2 as const);
const settings: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({ tcp: fc.nat(2), tcpFin: fc.nat(2), udp: fc.nat(2) })
    .map((timeouts): Operation => ({ kind: 'setConfig', timeouts })),
  fc
    .record({ state, interface: fc.constantFrom('lo', 'nosuch'), syncId: fc.nat(3) })
    .map((daemon): Operation => ({ kind: 'newDaemon', daemon })),
  state.map((which): Operation => ({
    kind: 'delDaemon',
    daemon: { state: which, interface: 'lo', syncId: 0 },
  })),
);

/** Any operation; half of them add something. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: service.map((entry): Operation => ({ kind: 'newService', service: entry })), weight: 6 },
  { arbitrary: service.map((entry): Operation => ({ kind: 'setService', service: entry })), weight: 2 },
  { arbitrary: serviceKey.map((key): Operation => ({ kind: 'delService', service: key })), weight: 1 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom('newDest' as const, 'newDest' as const, 'setDest' as const),
        serviceKey,
        destination,
      )
      .map(([kind, key, entry]): Operation => ({ kind, service: key, destination: entry })),
    weight: 10,
  },
  {
    arbitrary: fc
      .tuple(serviceKey, serverKey)
      .map(([key, server]): Operation => ({ kind: 'delDest', service: key, destination: server })),
    weight: 1,
  },
  { arbitrary: fc.constant<Operation>({ kind: 'flush' }), weight: 1 },
  { arbitrary: serviceKey.map((key): Operation => ({ kind: 'zero', service: key })), weight: 1 },
  { arbitrary: settings, weight: 2 },
);

export const operations: fc.Arbitrary<Operation[]> = fc.array(operation, { maxLength: 24 }).map(separate);

/** Copies, since fast-check may give the same object twice. */
function separate(list: readonly Operation[]): Operation[] {
  return list.map((item) => {
    if (item.kind === 'newService' || item.kind === 'setService') {
      return { ...item, service: { ...item.service } };
    }
    if (item.kind === 'newDest' || item.kind === 'setDest') {
      return { ...item, destination: { ...item.destination } };
    }
    return { ...item };
  });
}

/** A table of what the kernel may hold. */
export const table: fc.Arbitrary<Table> = fc
  .array(
    fc.tuple(
      service,
      fc.uniqueArray(destination, { selector: ({ address: at, port }) => `${String(at)} ${port}` }),
    ),
  )
  .map((entries) => tableOf(entries.map(([entry, destinations]) => ({ service: entry, destinations }))));
