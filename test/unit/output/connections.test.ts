import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/ipvs/address.js';
import type { Connection } from '../../../src/ipvs/connections.js';
import { connectionLine } from '../../../src/output/connections.js';
import { numericNames } from '../../../src/output/entry-names.js';

const address = parseAddress('10.0.0.1');
if (address === undefined) throw new TypeError('no address');

const connection: Connection = {
  protocol: 'UDP',
  client: address,
  clientPort: 5061,
  virtual: address,
  virtualPort: 5060,
  destination: address,
  destinationPort: 5070,
  state: 'UDP',
  expires: 59,
  persistenceEngine: '',
  persistenceData: '',
};

function line(change: Partial<Connection>, engineData = false): string {
  return connectionLine({ ...connection, ...change }, engineData, numericNames);
}

test.each([
  [59, '00:59'],
  [0, '00:00'],
  [-1, '00:00'],
  [-100_000, '00:00'],
  [6000, '100:00'],
])('%i seconds are left', (expires, text) => {
  expect(line({ expires })).toBe(
    `UDP ${text.padEnd(6)} UDP         10.0.0.1:5061      10.0.0.1:5060      10.0.0.1:5070\n`,
  );
});

test('what the engine knows a connection by is shown whole, without control characters', () => {
  const data = `evil\u001b[2J\u0007\u009b ${'x'.repeat(300)}`;
  expect(line({ persistenceEngine: 'sip', persistenceData: data }, true)).toBe(
    `UDP 00:59  UDP         10.0.0.1:5061      10.0.0.1:5060      10.0.0.1:5070    sip                evil?[2J?? ${'x'.repeat(300)}\n`,
  );
  expect(line({ persistenceEngine: 'sip', persistenceData: data }, false)).not.toContain('evil');
});
