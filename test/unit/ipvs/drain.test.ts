import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.ts';
import type { Failure, IpvsClient } from '../../../src/ipvs/client.ts';
import { removeServers } from '../../../src/ipvs/drain.ts';
import { fwmarkService } from '../../../src/ipvs/model.ts';
import type { Operation } from '../../../src/ipvs/operation.ts';

const targets = [1, 2, 3].map((last) => ({
  service: fwmarkService(1),
  destination: { address: new IpAddress(AddressFamily.ipv4, last), port: 0 },
}));

/** A kernel that refuses the removal of some servers, by their place. */
function refusing(errors: Readonly<Record<number, number>>): {
  readonly client: Pick<IpvsClient, 'batch' | 'destinations' | 'service'>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const batch = (operations: Iterable<Operation>): Promise<readonly Failure[]> => {
    asked.push(...Array.from(operations, ({ kind }) => kind));
    const failures = Object.entries(errors).map(([index, errno]) => ({
      ...{ index: Number(index), errno, operation: 'delDest', message: `refused with ${errno}` },
      extendedAck: undefined,
    }));
    return Promise.resolve(failures);
  };
  const unasked = (): Promise<never> => Promise.reject(new Error('not asked for'));
  return { client: { batch, destinations: unasked, service: unasked }, asked };
}

test('servers that another program has removed, or their service, are no trouble and are told', async () => {
  const { client, asked } = refusing({ 0: 2, 2: 3 });
  expect(await removeServers(client, targets)).toEqual(new Set([targets[0], targets[2]]));
  expect(asked).toEqual(['delDest', 'delDest', 'delDest']);
});

test('another refusal is thrown when the rest is removed', async () => {
  const { client, asked } = refusing({ 0: 2, 1: 1 });
  await expect(removeServers(client, targets)).rejects.toThrow('refused with 1');
  expect(asked).toHaveLength(3);
});
