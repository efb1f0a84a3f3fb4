import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily } from '../../../src/ipvs/address.js';
import { ServiceFlag, type Service } from '../../../src/ipvs/model.js';
import { classicFormats } from '../../../src/output/classic.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { ServiceLines } from '../../../src/output/service-lines.js';
import { TextBuffer } from '../../../src/output/text-buffer.js';
import { service } from '../ipvs/arbitraries.js';

test('lines of services made byte by byte are those made of text', () => {
  // Neighbours that are configured alike share the end of their lines; those that differ in one thing do not.
  const change = fc.constantFrom<Partial<Service>>(
    {},
    { scheduler: 'other' },
    { flags: ServiceFlag.persistent | ServiceFlag.onePacket },
    { timeout: 7 },
    { netmask: 0xffff0000 },
    { persistenceEngine: 'other' },
  );
  const persistent = service.map((entry) => ({
    ...entry,
    flags: ServiceFlag.persistent,
  }));
  const listed = fc
    .tuple(fc.oneof(service, persistent), fc.array(fc.oneof(change, service), { maxLength: 6 }))
    .map(([first, changes]) => {
      const services = [first];
      for (const changed of changes) services.push({ ...(services.at(-1) ?? first), ...changed });
      return services;
    });
  fc.assert(
    fc.property(listed, (services) => {
      const text = new TextBuffer();
      const lines = new ServiceLines(text);
      for (const entry of services) {
        text.length = 0;
        const made = lines.put(entry);
        expect(made).toBe(entry.family === AddressFamily.ipv4 && entry.fwmark === 0);
        const wanted = classicFormats.plain.service(entry, { names: numericNames, exact: false });
        expect(Buffer.from(text.written()).toString()).toBe(made ? wanted : '');
      }
    }),
    { numRuns: 2000 },
  );
});
