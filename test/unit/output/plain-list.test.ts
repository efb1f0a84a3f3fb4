import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { fwmarkService, type DestinationSummary } from '../../../src/ipvs/model.js';
import { compareDestinations, mergeSort } from '../../../src/ipvs/order.js';
import { TableFile } from '../../../src/ipvs/table-file.js';
import { classicFormats } from '../../../src/output/classic.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { PlainList } from '../../../src/output/plain-list.js';
import { TextBuffer } from '../../../src/output/text-buffer.js';

const title = 'IP Virtual Server version 1.2.1 (size=4096)\nProt\n  ->\n';
const service = fwmarkService(1);
const forwardingNames = ['Masq', 'Local', 'Tunnel', 'Route'];

/** A line as the kernel prints it (`ip_vs_info_seq_show`). */
function line(row: DestinationSummary): string {
  const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, '0');
  const forwarding = (forwardingNames[row.forwarding] ?? '').padEnd(7);
  const active = String(row.activeConnections).padEnd(10);
  const inactive = String(row.inactiveConnections).padEnd(10);
  return `  -> ${hex(row.address.w0, 8)}:${hex(row.port, 4)}      ${forwarding} ${String(row.weight).padEnd(6)} ${active} ${inactive}\n`;
}

function fileOf(lines: string): TableFile {
  const file = TableFile.parse(Buffer.from(`${title}FWM  00000001 wlc \n${lines}`), [service]);
  if (file === undefined) throw new Error('the file is not understood');
  return file;
}

/** The lines byte by byte; undefined if they are not made. */
function listed(lines: string, sorted: boolean): string | undefined {
  const file = fileOf(lines);
  const text = new TextBuffer();
  text.put('before\n');
  const made = new PlainList(file.bytes, text).put(file.start(0), file.end(0), sorted);
  const [before, ...rest] = Buffer.from(text.written()).toString().split('\n');
  expect(before).toBe('before');
  if (!made) expect(rest).toEqual(['']);
  return made ? rest.join('\n') : undefined;
}

/** The same by way of an object for each server. */
function expected(lines: string, sorted: boolean): string | undefined {
  const rows = fileOf(lines).destinations(0);
  if (rows === undefined) return undefined;
  return (sorted ? mergeSort(rows, compareDestinations) : rows)
    .map((row) => classicFormats.plain.destination(row, service, { names: numericNames, exact: false }))
    .join('');
}

const word = fc.oneof(
  fc.nat(0xffff_ffff),
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_ffff),
  fc.integer({ min: 0xac10_0000, max: 0xac10_0010 }),
);
const count = fc.oneof(fc.nat(20), fc.nat(2 ** 31 - 1));
const server = fc.record<DestinationSummary>({
  address: word.map((w0) => new IpAddress(AddressFamily.ipv4, w0)),
  port: fc.oneof(fc.nat(0xffff), fc.constantFrom(80, 81)),
  forwarding: fc.nat(3),
  weight: fc.oneof(fc.nat(10), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  activeConnections: count,
  inactiveConnections: count,
});
const lists = fc.array(server, { maxLength: 12 });

test('lines made byte by byte are those made of objects', () => {
  const orders = [
    (rows: DestinationSummary[]) => rows,
    (rows: DestinationSummary[]) => mergeSort(rows, compareDestinations),
    (rows: DestinationSummary[]) => mergeSort(rows, compareDestinations).reverse(),
  ];
  fc.assert(
    fc.property(lists, fc.constantFrom(...orders), fc.boolean(), (rows, order, sorted) => {
      const lines = order(rows).map(line).join('');
      expect(listed(lines, sorted)).toBe(expected(lines, sorted));
    }),
    { numRuns: 3000 },
  );
});

test('what is not understood is not made', () => {
  const place = fc.tuple(fc.nat(130), fc.constantFrom('', ' ', '0', 'G', '\n', ':', 'X', 'é'));
  fc.assert(
    fc.property(fc.array(server, { minLength: 1, maxLength: 2 }), place, (rows, [at, by]) => {
      const lines = rows.map(line).join('');
      const changed = `${lines.slice(0, at)}${by}${lines.slice(at + 1)}`;
      let wanted: string | undefined;
      try {
        wanted = expected(changed, true);
      } catch {
        return;
      }
      const got = listed(changed, true);
      // The tail of a line is copied as it is.
      const heads = (text: string): string[] => text.split('\n').map((row) => row.slice(0, 34));
      if (got !== undefined && wanted !== undefined) expect(heads(got)).toEqual(heads(wanted));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  'TCP  0A000002:0050 wlc  \n',
  'TCP  0A000002:0050 Masq                                     \n',
  'UDP  0A000002:0050      Masq    1      0          0         \n',
])('the line of a service is no server: %j', (line) => {
  const server = '  -> 0A020202:0050      Masq    1      0          0         \n';
  const file = Buffer.from(server + line + server);
  for (const sorted of [false, true]) {
    const text = new TextBuffer();
    expect(new PlainList(file, text).put(0, file.length, sorted)).toBe(false);
    expect(text.length).toBe(0);
  }
});

test('IPv6 servers are not made', () => {
  const text =
    '  -> [2001:0db8:0000:0000:0000:0000:0000:0001]:0050      Route   1      0          3         \n';
  expect(listed(text, true)).toBeUndefined();
});
