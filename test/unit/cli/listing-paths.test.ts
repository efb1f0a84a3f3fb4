import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listCounters } from '../../../src/cli/commands/list-counters.js';
import { listPlain } from '../../../src/cli/commands/list-plain.js';
import { saveTable } from '../../../src/cli/commands/save.js';
import { sayableEntries } from '../../../src/cli/commands/sayable-table.js';
import type { Session } from '../../../src/cli/session.js';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { IpvsClient } from '../../../src/ipvs/client.js';
import { readListing, readStates } from '../../../src/ipvs/listing.js';
import type { DestinationEntry, ServiceEntry, ServiceKey } from '../../../src/ipvs/model.js';
import { operations } from '../../../src/ipvs/schema.js';
import { NameService } from '../../../src/names/name-service.js';
import { Table } from '../../../src/netlink/attributes.js';
import { u16 } from '../../../src/netlink/codec.js';
import { classicFormats, entryText, versionLine } from '../../../src/output/classic.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { destinationRule, serviceRule } from '../../../src/output/rules.js';
import * as arbitrary from '../ipvs/arbitraries.js';
import {
  attributesOf,
  destinationRow,
  infoTable,
  messageTable,
  noStats,
  serviceRow,
} from '../ipvs/kernel-rows.js';
import { acknowledge, answerBarrier, datagram, done, messagesIn, reply } from '../netlink/kernel-messages.js';
import { ScriptedSocket } from '../netlink/scripted-socket.js';

// What listings print straight from the bytes has to be what the model's way prints.

const familyId = 30;
const lookup = new Table({ id: [1, u16] });
const rowsInDatagram = 3;
const interrupted = 0x10;

interface Entry {
  readonly service: ServiceEntry;
  readonly destinations: readonly DestinationEntry[];
}

interface Trouble {
  /** Gone when its servers are asked for. */
  readonly gone?: ServiceKey | undefined;
  /** The first listing of its servers is interrupted, with half of them. */
  readonly changed?: ServiceKey | undefined;
}

/** A kernel that has a table. */
function kernel(table: readonly Entry[], { gone, changed }: Trouble = {}): ScriptedSocket {
  let interruptions = changed === undefined ? 0 : 1;
  const hex = (key: ServiceKey): string =>
    Buffer.from(attributesOf({ service: serviceKeyAttributes(key) })).toString('hex');
  const find = (attributes: Uint8Array): Entry | undefined =>
    table.find(({ service }) => hex(service) === Buffer.from(attributes).toString('hex'));
  return new ScriptedSocket((sent) => {
    const [request] = messagesIn(sent);
    if (request === undefined) return [];
    const { sequence, command } = request;
    if (request.type === 16)
      return [reply(16, sequence, 1, lookup, { id: familyId }), ...answerBarrier(sent)];
    if (command === operations.getInfo.command) {
      const info = { version: 0x010201, connectionTableSize: 4096 };
      return [reply(familyId, sequence, 14, infoTable, info), ...answerBarrier(sent)];
    }
    const found = find(request.attributes);
    const isGone = gone !== undefined && found?.service === gone;
    if (command === operations.getService.command && request.attributes.length > 0) {
      if (found === undefined || isGone) {
        return [acknowledge(sequence, 3), ...answerBarrier(sent)];
      }
      return [reply(familyId, sequence, 1, messageTable, serviceRow(found.service)), ...answerBarrier(sent)];
    }
    if (command === operations.getService.command) {
      return listing(
        table.map(({ service }) => reply(familyId, sequence, 1, messageTable, serviceRow(service), 2)),
        sequence,
      );
    }
    const rows = isGone ? [] : (found?.destinations ?? []);
    const messages = rows.map((row) => reply(familyId, sequence, 5, messageTable, destinationRow(row), 2));
    if (found?.service !== changed || interruptions-- <= 0) return listing(messages, sequence);
    return listing(messages.slice(rows.length >>> 1), sequence, interrupted);
  });
}

function serviceKeyAttributes(key: ServiceKey): object {
  return key.fwmark !== 0
    ? { family: key.family, fwmark: key.fwmark }
    : { family: key.family, protocol: key.protocol, address: key.address, port: key.port };
}

function listing(messages: readonly Uint8Array[], sequence: number, flags = 0): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < messages.length; at += rowsInDatagram) {
    datagrams.push(datagram(...messages.slice(at, at + rowsInDatagram)));
  }
  return [...datagrams, done(sequence, 0, 2 | flags)];
}

/** What a command prints, on both streams. */
async function printed(
  socket: ScriptedSocket,
  action: (session: Session) => Promise<void>,
): Promise<{ text: string; errors: string }> {
  const client = await IpvsClient.open({ openSocket: () => socket });
  let text = '';
  let errors = '';
  const terminal = {
    write: (more: string) => (text += more),
    writeBytes: (bytes: Uint8Array) => (text += Buffer.from(bytes).toString()),
    writeError: (more: string) => (errors += more),
    flush: () => undefined,
  };
  await action({ client, names: new NameService(), terminal, programName: 'ipvsadm' } as unknown as Session);
  return { text, errors };
}

// Mostly what directors have, so that rows of one form follow each other; and everything else.
const plainDestination = fc
  .record({
    w0: fc.oneof(fc.nat(0xffff_ffff), fc.integer({ min: 0xac10_0001, max: 0xac10_0009 })),
    port: fc.nat(0xffff),
    forwarding: fc.nat(3),
    weight: fc.integer(),
    upperThreshold: fc.constantFrom(0, 0, 0, 7),
    lowerThreshold: fc.constantFrom(0, 0, 0, 5),
    counts: fc.array(
      fc.oneof(
        fc.bigInt(0n, 200n),
        fc.constantFrom(99_999_999n, 100_000_000n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n),
        fc.bigInt(0n, 2n ** 64n - 1n),
      ),
      { minLength: 10, maxLength: 10 },
    ),
  })
  .map(({ w0, counts, ...configuration }): DestinationEntry => ({
    ...configuration,
    address: new IpAddress(AddressFamily.ipv4, w0),
    tunnelType: 0,
    tunnelPort: 0,
    tunnelFlags: 0,
    activeConnections: 1,
    inactiveConnections: 2,
    persistentConnections: 3,
    stats: Object.fromEntries(
      Object.keys(noStats).map((name, index) => [name, counts[index] ?? 0n]),
    ) as unknown as DestinationEntry['stats'],
  }));

const table: fc.Arbitrary<readonly Entry[]> = fc.uniqueArray(
  fc
    .record({
      service: arbitrary.service,
      stats: arbitrary.stats,
      destinations: fc.array(
        fc.oneof(
          { arbitrary: plainDestination, weight: 5 },
          { arbitrary: arbitrary.destinationEntry, weight: 1 },
        ),
        { maxLength: 9 },
      ),
    })
    .map(({ service, stats, destinations }) => ({ service: { ...service, stats }, destinations })),
  {
    maxLength: 5,
    selector: ({ service }) => JSON.stringify(serviceKeyAttributes(service)),
  },
);

const place = fc.option(fc.nat(4), { nil: undefined });

test('counters and rates are printed as by way of the model', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom('stats', 'rate'),
      fc.boolean(),
      fc.boolean(),
      place,
      place,
      async (entries, name, sorted, exact, gonePlace, changedPlace) => {
        const trouble = {
          gone: gonePlace === undefined ? undefined : entries[gonePlace]?.service,
          changed: changedPlace === undefined ? undefined : entries[changedPlace]?.service,
        };
        const format = classicFormats[name];
        const options = { names: numericNames, exact };
        const expected = await printed(kernel(entries, trouble), async ({ client, terminal }) => {
          const listed = await readListing(client, { sorted });
          terminal.write(versionLine(client.info) + format.title);
          for (const entry of listed) terminal.write(entryText(format, entry, options));
        });
        const invocation = { command: 'list', format: name, numeric: true, exact, sorted } as const;
        const actual = await printed(kernel(entries, trouble), (session) =>
          listCounters(session, invocation, name),
        );
        expect(actual).toEqual(expected);
      },
    ),
  );
});

/** What the kernel lists in /proc/net/ip_vs (`ip_vs_info_seq_show`). */
function kernelList(entries: readonly Entry[]): string {
  const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, '0');
  const endpoint = ({ family, w0, w1, w2, w3 }: IpAddress, port: number): string => {
    const groups = [w0, w1, w2, w3].flatMap((word) => [hex(word >>> 16, 4), hex(word & 0xffff, 4)]);
    const text = family === AddressFamily.ipv4 ? hex(w0, 8) : `[${groups.join(':').toLowerCase()}]`;
    return `${text}:${hex(port, 4)}`;
  };
  const lines = [
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port',
    '  -> RemoteAddress:Port',
  ];
  for (const { service, destinations } of entries) {
    const { address, port, protocol, fwmark, scheduler } = service;
    const name = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' }[protocol] ?? '';
    lines.push(
      fwmark === 0
        ? `${name}  ${endpoint(address, port)} ${scheduler}  `
        : `FWM  ${hex(fwmark, 8)} ${scheduler} persistent 300 FFFFFFFF`,
    );
    for (const row of destinations) {
      const forwarding = ['Masq', 'Local', 'Tunnel', 'Route'][row.forwarding] ?? 'Masq';
      const counts = [row.activeConnections, row.inactiveConnections].map((count) =>
        String(count).padEnd(10),
      );
      const weight = String(row.weight).padEnd(6);
      lines.push(
        `  -> ${endpoint(row.address, row.port)}      ${forwarding.padEnd(7)} ${weight} ${counts.join(' ')}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

test('the plain listing is printed as by way of the model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-list-'));
  const file = join(folder, 'ip_vs');
  const known = table.map((entries) =>
    entries.map(({ service, destinations }) => ({
      service,
      destinations: destinations.map((row) => ({ ...row, forwarding: row.forwarding & 3 })),
    })),
  );
  const format = classicFormats.plain;
  const options = { names: numericNames, exact: false };
  const seldom = fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 3 },
    { arbitrary: fc.nat(4), weight: 1 },
  );
  let made = 0;
  try {
    await fc.assert(
      fc.asyncProperty(known, fc.boolean(), seldom, known, async (entries, sorted, missing, [foreign]) => {
        // The table may have changed between the two listings.
        const now = entries.filter((_, index) => index !== missing);
        if (missing !== undefined && foreign !== undefined) now.splice(missing, 0, foreign);
        writeFileSync(file, kernelList(now));
        const expected = await printed(kernel(entries), async ({ client, terminal }) => {
          const listed = await readStates(client, { sorted });
          terminal.write(versionLine(client.info) + format.title);
          for (const entry of listed) terminal.write(entryText(format, entry, options));
        });
        let isMade = false as boolean;
        const actual = await printed(kernel(entries), async (session) => {
          isMade = await listPlain(session, sorted, file);
        });
        expect(actual).toEqual(isMade ? expected : { text: '', errors: '' });
        if (missing === undefined) expect(isMade).toBe(true);
        if (isMade) made++;
      }),
      { numRuns: 500 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(made).toBeGreaterThan(200);
});

test('rules are printed as by way of the model', async () => {
  await fc.assert(
    fc.asyncProperty(table, place, place, async (entries, gonePlace, changedPlace) => {
      const trouble = {
        gone: gonePlace === undefined ? undefined : entries[gonePlace]?.service,
        changed: changedPlace === undefined ? undefined : entries[changedPlace]?.service,
      };
      const expected = await printed(kernel(entries, trouble), async (session) => {
        const listed = await readStates(session.client, { sorted: true });
        for (const { service, destinations } of sayableEntries(session, listed)) {
          let text = serviceRule(service, numericNames);
          for (const destination of destinations) text += destinationRule(destination, service, numericNames);
          session.terminal.write(text);
        }
      });
      const actual = await printed(kernel(entries, trouble), (session) =>
        saveTable(session, { numeric: true, all: false }),
      );
      expect(actual).toEqual(expected);
    }),
  );
});
