import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConnectionParser } from '../../../src/ipvs/connections.js';
import { ConnectionList } from '../../../src/output/connection-list.js';
import { connectionLine } from '../../../src/output/connections.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { anyConnection, line, title } from '../ipvs/kernel-connections.js';

/** The listing, the list read in pieces of so many lines. */
function listed(lines: readonly string[], linesAtOnce: number): string {
  const list = new ConnectionList();
  let text = '';
  for (let at = 0; at < lines.length; at += linesAtOnce) {
    const piece = Buffer.from(lines.slice(at, at + linesAtOnce).join(''));
    text += Buffer.from(list.text(piece)).toString();
  }
  return text + Buffer.from(list.end()).toString();
}

/** The same by way of an object for each connection. */
function expected(lines: readonly string[]): string {
  const parser = new ConnectionParser();
  return [...parser.parse(Buffer.from(lines.join(''))), ...parser.end()]
    .map((entry) => connectionLine(entry, false, numericNames))
    .join('');
}

// Recorded from kernel 7.2.
test('lines of the kernel', () => {
  const lines = [
    title,
    'TCP 7F000001 0000 7F000001 1F90 7F000002 1F91 ASSURED         297\n',
    'UDP 0D00005F 0507 0A080001 0050 0A090001 0050 UDP           86397\n',
    'IP  7F000001 0000 00000002 0000 7F000002 1F91 ASSURED          60\n',
    'SCTP 7F000001 D738 7F000001 1F90 7F000002 1F91 SHUTDOWN_RECEIVED       3\n',
    'TCP 0000:0000:0000:0000:0000:0000:0000:0001 D294 2001:0DB8:0000:0000:0000:0000:0000:0001 1F90 7F000002 1F91 TIME_WAIT       119\n',
    'UDP 7F000001 D738 7F000001 13C4 7F000002 13C4 UDP             280 sip abc def|12@host\n',
  ];
  expect(listed(lines, 3)).toBe(
    `
TCP 04:57  ASSURED     127.0.0.1:0        127.0.0.1:8080     127.0.0.2:8081
UDP 1439:57 UDP         13.0.0.95:1287     10.8.0.1:80        10.9.0.1:80
IP  01:00  ASSURED     127.0.0.1:0        0.0.0.2:0          127.0.0.2:8081
SCTP 00:03  SHUTDOWN_RECEIVED 127.0.0.1:55096    127.0.0.1:8080     127.0.0.2:8081
TCP 01:59  TIME_WAIT   [::1]:53908        [2001:db8::1]:8080 127.0.0.2:8081
UDP 04:40  UDP         127.0.0.1:55096    127.0.0.1:5060     127.0.0.2:5060
`.slice(1),
  );
});

test('lines made byte by byte are those made of entries', () => {
  fc.assert(
    fc.property(fc.array(anyConnection, { maxLength: 20 }), fc.integer({ min: 1, max: 21 }), (list, size) => {
      const lines = [title, ...list.map(line)];
      expect(listed(lines, size)).toBe(expected(lines));
    }),
    { numRuns: 1000 },
  );
});

test('lines with a byte changed, lost or doubled are understood alike', () => {
  const common = [
    'TCP 7F000001 0000 7F000001 1F90 7F000002 1F91 ASSURED         297\n',
    'SCTP AC10FE02 D738 7F000001 1F90 E0000001 FFFF ESTABLISHED 86400\n',
    'IP  7F000001 0000 00000002 0000 7F000002 1F91 NONE             60\n',
  ];
  const change = fc.tuple(fc.nat(70), fc.constantFrom('', ' ', '  ', '0', 'F', 'g', ':', '-', '\n', '00'));
  fc.assert(
    fc.property(fc.constantFrom(...common), fc.array(change, { maxLength: 2 }), (text, changes) => {
      let changed = text;
      for (const [at, by] of changes) changed = changed.slice(0, at) + by + changed.slice(at + 1);
      const lines = [title, ...common, changed, ...common];
      expect(listed([lines.join('')], 1)).toBe(expected(lines));
    }),
    { numRuns: 5000 },
  );
});

test('a last line without its end is listed', () => {
  const lines = [title, 'TCP 7F000001 0000 7F000001 1F90 7F000002 1F91 ASSURED 297'];
  expect(listed(lines, 2)).toBe(expected(lines));
  expect(listed(lines, 2)).toContain('ASSURED');
});

test('the first line is the title whatever it says', () => {
  const text = 'TCP 7F000001 0000 7F000001 1F90 7F000002 1F91 ASSURED         297\n';
  expect(listed([text, text], 2)).toBe(expected([title, text]));
});
