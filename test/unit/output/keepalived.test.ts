import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { destinationWith, serviceWith } from '../../../src/ipvs/defaults.js';
import { addressService, fwmarkService, Protocol, type Service } from '../../../src/ipvs/model.js';
import { virtualServerText } from '../../../src/output/keepalived.js';
import { readConfiguration } from '../../../src/rules/keepalived/read-configuration.js';

const destination = destinationWith(
  { address: new IpAddress(AddressFamily.ipv4, 0x0a010001), port: 80 },
  { weight: 3 },
);

function service(config: Partial<Service> = {}): Service {
  const address = new IpAddress(AddressFamily.ipv4, 0x0a000001);
  return serviceWith(addressService(Protocol.tcp, address, 80), config);
}

test('a service with its servers', () => {
  expect(virtualServerText(service({ scheduler: 'rr' }), [destination])).toEqual({
    text: `virtual_server 10.0.0.1 80 {
  lvs_sched rr
  lvs_method DR
  protocol TCP
  real_server 10.1.0.1 80 {
    weight 3
    lvs_method DR
  }
}
`,
    losses: [],
  });
});

test.each([
  ['scheduler', 'r\x1b[2J', 'r?[2J'],
  ['scheduler', 'rr\nweight 9', 'rr?weight 9'],
  ['scheduler', 'rr }', 'rr }'],
  ['scheduler', '"rr', '"rr'],
  ['persistenceEngine', 'sip\n}', 'sip?}'],
  ['persistenceEngine', 'a#b', 'a#b'],
] as const)('the %s %j is left out', (key, name, shown) => {
  const { text, losses } = virtualServerText(service({ [key]: name }), [destination]);
  const what = key === 'scheduler' ? 'scheduler' : 'persistence engine';
  expect(losses).toEqual([
    `virtual_server 10.0.0.1 80: the ${what} ${shown} is left out, which is no word for keepalived`,
  ]);
  expect(text).not.toContain(name);
});

test('whatever the names are, what is written is one block of printable lines', () => {
  const name = fc.string({ unit: 'binary', maxLength: 15 });
  fc.assert(
    fc.property(name, name, fc.boolean(), (scheduler, persistenceEngine, marked) => {
      const key = marked ? fwmarkService(7) : service();
      const entry = serviceWith(key, { scheduler, persistenceEngine });
      const { text, losses } = virtualServerText(entry, [destination]);
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      expect(losses.join('')).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
      const { table, notices } = readConfiguration({ name: 'x', text }, { find: () => [] });
      expect(table.size).toBe(1);
      expect(notices.every(({ kind }) => /^ignored: (lvs_sched|persistence_engine) /.test(kind))).toBe(true);
    }),
  );
});
