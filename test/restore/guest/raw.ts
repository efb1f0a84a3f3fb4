import { readFileSync } from 'node:fs';
import { parseAddress } from '../../../src/ipvs/address.js';
import { IpvsClient } from '../../../src/ipvs/client.js';
import type { Operation } from '../../../src/ipvs/operation.js';

// Sets what no command line can say: raw.mjs reads operations as JSON, one a line, and carries them out.

const client = await IpvsClient.open();
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue;
  const operation = JSON.parse(line, (name, value: unknown) =>
    name === 'address' && typeof value === 'string' ? parseAddress(value) : value,
  ) as Operation;
  await client.execute(operation);
}
client.close();
