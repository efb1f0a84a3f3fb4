import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { addressService, type ServiceKey } from '../../../src/ipvs/model.js';
import { compareDestinations, mergeSort, serviceOrder, sortServices } from '../../../src/ipvs/order.js';
import { service } from './arbitraries.js';

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

  it('is the same for services that are compared as single numbers and for others', () => {
    const plain = fc
      .tuple(fc.constantFrom(6, 17, 132), fc.nat(0xffff_ffff), fc.nat(0xffff))
      .map(([protocol, word, port]) => addressService(protocol, at(word).address, port));
    const near = fc
      .tuple(fc.constantFrom(6, 17, 132), fc.nat(3), fc.nat(9))
      .map(([protocol, word, port]) => addressService(protocol, at(0x7fff_fffe + word).address, port));
    fc.assert(
      fc.property(
        fc.oneof(fc.array(plain), fc.array(near), fc.array(fc.oneof(plain, near, service))),
        (services) => {
          const wanted = mergeSort(services, compareAsOriginal);
          expect(sortServices(services)).toEqual(wanted);
          expect(serviceOrder(services).map((place) => services[place])).toEqual(wanted);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** Each difference is taken in 32 bits. */
function compareAsOriginal(a: ServiceKey, b: ServiceKey): number {
  const words = ({ fwmark, family, protocol, address, port }: ServiceKey): number[] => {
    const { w0, w1, w2, w3 } = address;
    return [fwmark, family, protocol, w0, w1, w2, w3, port];
  };
  const others = words(b);
  return words(a).reduce((found, word, index) => found || (word - (others[index] ?? 0)) | 0, 0);
}
