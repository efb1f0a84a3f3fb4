import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ConnectionParser,
  connectionBlocks,
  connections,
  type Connection,
} from '../../../src/ipvs/connections.js';
import { IpvsadmError } from '../../../src/netlink/errors.js';
import { anyConnection, line, title } from './kernel-connections.js';

function parse(text: string): Connection[] {
  const parser = new ConnectionParser();
  return [...parser.parse(Buffer.from(title + text)), ...parser.end()];
}

function short(connection: Connection): string {
  const { client, clientPort, virtual, virtualPort, destination, destinationPort } = connection;
  const ends = [
    [client, clientPort],
    [virtual, virtualPort],
    [destination, destinationPort],
  ] as const;
  return [
    connection.protocol,
    ...ends.map(([address, port]) => `${address.toString()} ${port}`),
    connection.state,
    connection.expires,
    JSON.stringify([connection.persistenceEngine, connection.persistenceData]),
  ].join(' | ');
}

// Recorded from kernel 7.2.
test('lines of the kernel', () => {
  const entries = parse(
    'TCP 7F000001 0000 7F000001 1F90 7F000002 1F91 ASSURED         297\n' +
      'TCP 7F000001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT       118\n' +
      'TCP 0000:0000:0000:0000:0000:0000:0000:0001 D294 2001:0DB8:0000:0000:0000:0000:0000:0001 1F90 7F000002 1F91 TIME_WAIT       119\n' +
      'UDP 7F000001 D738 7F000001 13C4 7F000002 13C4 UDP             280 sip abc def|12@host\n',
  );
  expect(entries.map(short)).toEqual([
    'TCP | 127.0.0.1 0 | 127.0.0.1 8080 | 127.0.0.2 8081 | ASSURED | 297 | ["",""]',
    'TCP | 127.0.0.1 55096 | 127.0.0.1 8080 | 127.0.0.2 8081 | TIME_WAIT | 118 | ["",""]',
    'TCP | ::1 53908 | 2001:db8::1 8080 | 127.0.0.2 8081 | TIME_WAIT | 119 | ["",""]',
    'UDP | 127.0.0.1 55096 | 127.0.0.1 5060 | 127.0.0.2 5060 | UDP | 280 | ["sip","abc def|12@host"]',
  ]);
});

describe('seconds', () => {
  test.each([
    ['118', 118],
    ['-5', -5],
    ['4294967291', -5],
    ['18446744073709551', 1271310319],
  ])('%s', (text, seconds) => {
    const [entry] = parse(`TCP 7F000001 D738 7F000001 1F90 7F000002 1F91 NONE ${text}\n`);
    expect(entry?.expires).toBe(seconds);
  });
});

test('lines that are no entries are skipped and counted', () => {
  const good = 'TCP 7F000001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT       118\n';
  const bad = [
    '',
    'garbage',
    'TCP 7F000001 D738 7F000001 1F90',
    'TCP 7F000001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT',
    'TCP 7F000001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT abc',
    'TCP 7F001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
    'TCP 7F0000012 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
    'TCP 7F0000XX D738 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
    'TCP 7F000001 12345 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
    'TCP 20010DB8:0000:0000:0000:0000:0000:0000:0001 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
    'TCP 2001:0DB8:0000:0000:0000:0000:0000 D738 7F000001 1F90 7F000002 1F91 TIME_WAIT 118',
  ];
  const parser = new ConnectionParser();
  const entries = parser.parse(Buffer.from(title + good + bad.map((text) => `${text}\n`).join('') + good));
  expect(entries).toHaveLength(2);
  expect(parser.malformed).toBe(bad.length);
});

test('what the kernel prints is what is read, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(anyConnection, { maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (list, size) => {
      const wanted = list.map((one) =>
        one.persistenceEngine === '' ? { ...one, persistenceData: '' } : one,
      );
      const bytes = Buffer.from(title + wanted.map(line).join(''));
      const parser = new ConnectionParser();
      const got: Connection[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const piece = Buffer.from(bytes.subarray(at, at + size));
        got.push(...parser.parse(piece));
        piece.fill(0);
      }
      expect([...got, ...parser.end()]).toEqual(wanted);
    }),
    { numRuns: 500 },
  );
});

test('random bytes are entries or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const parser = new ConnectionParser();
      parser.parse(Buffer.from(title));
      parser.parse(bytes);
      parser.end();
    }),
    { numRuns: 3000 },
  );
});

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const file = join(folder, 'list');

  test('is read in blocks, the last line without a line end too', async () => {
    const count = 5000;
    const rows = Array.from(
      { length: count },
      (_, i) => `TCP 7F000001 ${i.toString(16).padStart(4, '0')} 7F000001 1F90 7F000002 1F91 TIME_WAIT 118`,
    );
    writeFileSync(file, title + rows.join('\n'));
    const blocks = [...connectionBlocks(file)];
    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.flat().map(({ clientPort }) => clientPort)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
    let single = 0;
    for await (const connection of connections(file)) {
      expect(connection.clientPort).toBe(single);
      single++;
    }
    expect(single).toBe(count);
    rmSync(folder, { recursive: true });
  });

  test('that is not there is a typed error', () => {
    expect(() => [...connectionBlocks('/nonexistent/list')]).toThrow(IpvsadmError);
    expect(() => [...connectionBlocks('/nonexistent/list')]).toThrow(
      expect.objectContaining({ code: 'ENOENT' }) as Error,
    );
  });
});
