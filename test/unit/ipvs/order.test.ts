import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { compareDestinations, mergeSort } from '../../../src/ipvs/order.js';

const at = (word: number): { address: IpAddress; port: number } => ({
  address: new IpAddress(AddressFamily.ipv4, word >>> 0),
  port: 80,
});

describe('the order of listings', () => {
  it('wraps the difference of addresses', () => {
    const sorted = mergeSort([at(0x0a000001), at(0xc0a80001)], compareDestinations);
    expect(sorted.map(({ address }) => address.toString())).toEqual(['192.168.0.1', '10.0.0.1']);
  });

  it('is a stable sort for a real order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), tag: fc.nat() })), (items) => {
        expect(mergeSort(items, (a, b) => a.key - b.key)).toEqual(
          items.slice().sort((a, b) => a.key - b.key),
        );
      }),
    );
  });
});
