import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecodeError, IpvsadmError } from '../../../src/netlink/errors.js';
import { GenericFamily, encodeNothing } from '../../../src/netlink/generic.js';
import { MessageCursor } from '../../../src/netlink/message.js';
import { AddressFamily } from '../../../src/ipvs/address.js';
import {
  decodeDaemon,
  decodeDestination,
  decodeInfo,
  decodeService,
  decodeTimeouts,
} from '../../../src/ipvs/wire.js';
import { datagram, done, reply } from '../netlink/kernel-messages.js';
import { ScriptedSocket } from '../netlink/scripted-socket.js';
import * as arbitrary from './arbitraries.js';
import { daemonRow, destinationRow, infoTable, messageTable, serviceRow } from './kernel-rows.js';

/** A small generator of pseudo-random numbers (xorshift32), so that a failure can be repeated by its seed. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

type Decoder = (view: DataView, start: number, end: number) => unknown;
const decoders: readonly Decoder[] = [
  decodeService,
  decodeDaemon,
  decodeTimeouts,
  decodeInfo,
  (view, start, end) => decodeDestination(view, start, end, AddressFamily.ipv4),
];

/** Reads a datagram's messages; counts what could be read and throws what is not the typed error. */
function readAll(bytes: Uint8Array, cursor: MessageCursor, decode: Decoder): number {
  let values = 0;
  try {
    cursor.read(bytes);
    while (cursor.next()) {
      cursor.extendedAck();
      decode(cursor.view, cursor.attributes(), cursor.end);
      values++;
      cursor.errno();
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return values;
}

// Most of the time would go into the stacks of the expected errors.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

function samples(seed: number): Uint8Array[] {
  const [services, destinations, daemons] = [
    fc.sample(arbitrary.service, { numRuns: 20, seed }),
    fc.sample(arbitrary.destinationEntry, { numRuns: 20, seed }),
    fc.sample(arbitrary.daemon, { numRuns: 20, seed }),
  ];
  const [stats] = fc.sample(arbitrary.stats, { numRuns: 1, seed });
  if (stats === undefined) throw new Error('no sample');
  return [
    ...services.map((service) => reply(30, 1, 1, messageTable, serviceRow({ ...service, stats }))),
    ...destinations.map((entry) => reply(30, 1, 5, messageTable, destinationRow(entry))),
    ...daemons.map((daemon) => reply(30, 1, 9, messageTable, daemonRow(daemon))),
    reply(30, 1, 14, infoTable, { version: 0x010201, connectionTableSize: 4096 }),
    done(1),
  ];
}

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 0x7fff_ffff);

/** Runs `make` many times; whatever is thrown but the typed error is reported with the seed and the bytes. */
function fuzz(count: number, make: (random: Random) => Uint8Array): number {
  const random = new Random(seed);
  const cursor = new MessageCursor();
  let values = 0;
  for (let i = 0; i < count; i++) {
    const bytes = make(random);
    try {
      values += readAll(bytes, cursor, decoders[random.below(decoders.length)] ?? decodeInfo);
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${seed}, datagram ${i}: ${Buffer.from(bytes).toString('hex')}`, { cause });
    }
  }
  return values;
}

test('300,000 datagrams with flipped bits are values or the typed error', () => {
  const originals = samples(seed);
  const copies = originals.map((original) => original.slice());
  let previous = 0;
  const values = fuzz(300_000, (random) => {
    copies[previous]?.set(originals[previous] ?? []);
    previous = random.below(copies.length);
    const bytes = copies[previous] ?? new Uint8Array(0);
    for (let flips = 1 + random.below(4); flips > 0; flips--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return random.below(10) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  });
  expect(values).toBeGreaterThan(10_000);
});

test('100,000 datagrams of random bytes are values or the typed error', () => {
  const buffer = new Uint8Array(256);
  fuzz(100_000, (random) => {
    const bytes = buffer.subarray(0, random.below(buffer.length));
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
    // A plausible length lets the random bytes reach the attributes.
    if (bytes.length >= 16) new DataView(bytes.buffer).setUint32(0, bytes.length, true);
    return bytes;
  });
});

test('a whole listing with flipped bits ends in rows or a typed error, and never hangs', async () => {
  const random = new Random(seed);
  const originals = samples(seed);
  for (let i = 0; i < 2000; i++) {
    const bytes = datagram(...originals);
    for (let flips = random.below(4); flips > 0; flips--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    const family = new GenericFamily(new ScriptedSocket(() => [bytes, done(1)]), 30, 1);
    try {
      await family.dump(
        { command: 8, label: 'getDest' },
        encodeNothing,
        undefined,
        decoders[random.below(5)] ?? decodeInfo,
      );
    } catch (error) {
      expect(error, `FUZZ_SEED=${seed}, listing ${i}`).toBeInstanceOf(IpvsadmError);
    }
  }
});
