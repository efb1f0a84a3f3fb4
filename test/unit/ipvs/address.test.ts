import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  AddressFamily,
  IpAddress,
  isMulticast,
  parseAddress,
  parseInetAton,
  parseIpv4,
  parseIpv6,
  sameAddress,
} from '../../../src/ipvs/address.js';
import * as arbitrary from './arbitraries.js';

describe('text of addresses', () => {
  test('is read again as the same address', () => {
    fc.assert(
      fc.property(arbitrary.address, (address) => {
        const parsed = parseAddress(address.toString());
        expect(parsed).toEqual(address);
        expect(parsed !== undefined && sameAddress(parsed, address)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('of IPv6 is what the URL of the platform writes', () => {
    fc.assert(
      fc.property(arbitrary.ipv6, (address) => {
        // The platform writes embedded IPv4 addresses in hexadecimal; the C library does not.
        fc.pre(!address.toString().includes('.'));
        expect(new URL(`http://[${address.toString()}]/`).hostname).toBe(`[${address.toString()}]`);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['::', [0, 0, 0, 0]],
    ['::1', [0, 0, 0, 1]],
    ['::1.2.3.4', [0, 0, 0, 0x01020304]],
    ['::ffff:1.2.3.4', [0, 0, 0xffff, 0x01020304]],
    ['1:0:0:1::', [0x10000, 1, 0, 0]],
    ['1::1:0:0:1', [0x10000, 0, 0x10000, 1]],
    ['2001:db8::1', [0x20010db8, 0, 0, 1]],
    ['1:2:3:4:5:6:7:0', [0x10002, 0x30004, 0x50006, 0x70000]],
  ] satisfies [string, [number, number, number, number]][])('%s', (text, words) => {
    const address = new IpAddress(AddressFamily.ipv6, ...words);
    expect(address.toString()).toBe(text);
    expect(parseIpv6(text)).toEqual(address);
  });
});

test('what the platform takes for an address is one, and nothing else is', () => {
  const part = fc.constantFrom(
    '0',
    '1',
    'ff',
    '255',
    '256',
    '0db8',
    '12345',
    ':',
    '::',
    '.',
    '1.2.3.4',
    '01',
    'g',
    '',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      expect(parseIpv4(text) !== undefined).toBe(isIPv4(text));
      expect(parseIpv6(text) !== undefined).toBe(isIPv6(text));
    }),
    { numRuns: 10_000 },
  );
});

test.each([
  ['127.1', 0x7f000001],
  ['0x7f.1', 0x7f000001],
  ['0177.0.0.01', 0x7f000001],
  ['2130706433', 0x7f000001],
  ['10.0x10000', 0x0a010000],
  ['1.2.3.4 rest', 0x01020304],
  ['255.255.255.255', 0xffffffff],
  ['256.1', undefined],
  ['1.2.3.256', undefined],
  ['1.2.3.4.5', undefined],
  ['08.1', undefined],
  ['', undefined],
  ['1..2', undefined],
  ['4294967296', undefined],
])('inet_aton %s', (text, word) => {
  expect(parseInetAton(text)?.w0).toBe(word);
});

test('multicast', () => {
  expect(
    ['224.0.0.1', '239.255.255.255', '223.255.255.255', '240.0.0.0', 'ff02::1', 'fe80::1'].map((text) => {
      const address = parseAddress(text);
      return address !== undefined && isMulticast(address);
    }),
  ).toEqual([true, true, false, false, true, false]);
});
