import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressFamily } from '../../../src/ipvs/address.js';
import { classicFormats } from '../../../src/output/classic.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { ServiceLines } from '../../../src/output/service-lines.js';
import { TextBuffer } from '../../../src/output/text-buffer.js';
import { service } from '../ipvs/arbitraries.js';

test('lines of services made byte by byte are those made of text', () => {
  // Neighbours that are configured alike share the end of their lines.
  const listed = fc
    .tuple(fc.array(service, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.nat(5), fc.nat(5))))
    .map(([services, pairs]) => [
      ...services,
      ...pairs.flatMap(([key, config]) => {
        const named = services[key];
        const configured = services[config];
        if (named === undefined || configured === undefined) return [];
        const { family, fwmark, protocol, address, port } = named;
        return [{ ...configured, family, fwmark, protocol, address, port }];
      }),
    ]);
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
