import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseTotals, readTotals } from '../../../src/ipvs/totals.js';

const text = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       A FFFFFFFF20000000000001 FFFFFFFFFFFFFFFF                0

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       1        2        3                4               1F
`.replace('FFFFFFFF2', 'FFFFFFFF 2');

test('hexadecimal numbers of 64 bits', () => {
  expect(parseTotals(text)).toEqual({
    connections: 10n,
    inPackets: 0xffffffffn,
    outPackets: 0x20000000000001n,
    inBytes: 0xffffffffffffffffn,
    outBytes: 0n,
    connectionRate: 1n,
    inPacketRate: 2n,
    outPacketRate: 3n,
    inByteRate: 4n,
    outByteRate: 31n,
  });
});

test('a file that is cut short, or missing', () => {
  expect(() => parseTotals(text.slice(0, 250))).toThrow('/proc/net/ip_vs_stats: missing');
  const folder = mkdtempSync(join(tmpdir(), 'totals-'));
  const file = join(folder, 'ip_vs_stats');
  try {
    writeFileSync(file, text);
    expect(readTotals(file).connections).toBe(10n);
    expect(() => readTotals(`${file}.gone`)).toThrow(`Can't read ${file}.gone`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
