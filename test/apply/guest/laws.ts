import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IpvsClient } from '../../../src/ipvs/client.ts';
import { carryOut, planApply, type ApplyOptions } from '../../../src/rules/apply.ts';
import { planOf } from '../../../src/rules/plan.ts';
import { readKernelTable } from '../../../src/rules/read-table.ts';
import { sameDestination, sameService, type Table } from '../../../src/rules/table.ts';
import { FaultySockets, type Fault } from './faults.ts';
import { tables } from './tables.ts';

// The laws of apply, on the kernel of the network namespace this runs in: laws.js SEED RUNS. Prints what was done.

const [seed = 1, runs = 10] = process.argv.slice(2).map(Number);
const counts = { tables: 0, operations: 0, refusals: 0, breaks: 0 };

async function apply(client: IpvsClient, wanted: Table, options: ApplyOptions = {}): Promise<string> {
  const outcome = await carryOut(client, await planApply(client, wanted), options);
  if ('leftovers' in outcome) assert.deepEqual(outcome.leftovers, []);
  if (outcome.result === 'done') assert.deepEqual(outcome.changedOutside, []);
  return outcome.result;
}

/** Everything that can be set, as text. */
async function snapshot(client: IpvsClient): Promise<string> {
  const lines: string[] = [];
  for (const [id, { service, destinations }] of await readKernelTable(client)) {
    const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
    lines.push(`${id}: ${[scheduler, flags, timeout, netmask, persistenceEngine].join(' ')}`);
    for (const [serverId, server] of destinations) {
      const { forwarding, weight, upperThreshold, lowerThreshold } = server;
      const tunnel = [server.tunnelType, server.tunnelPort, server.tunnelFlags];
      const settings = [forwarding, weight, upperThreshold, lowerThreshold, ...tunnel];
      lines.push(`${id} ${serverId}: ${settings.join(' ')}`);
    }
  }
  return lines.sort().join('\n');
}

async function withFaults<T>(
  fault: Fault | undefined,
  work: (client: IpvsClient, sockets: FaultySockets) => Promise<T>,
): Promise<T> {
  const sockets = new FaultySockets(fault);
  await using client = await IpvsClient.open({ openSocket: sockets.open });
  return await work(client, sockets);
}

/** After apply, diff is empty, by our comparison and entry by entry. */
async function makesItSo(client: IpvsClient, wanted: Table): Promise<void> {
  assert.equal(await apply(client, wanted), 'done');
  assert.deepEqual((await planApply(client, wanted)).differences, []);
  const there = await readKernelTable(client);
  assert.deepEqual(Array.from(there.keys()).sort(), Array.from(wanted.keys()).sort());
  for (const [id, entry] of wanted) {
    const kernel = there.get(id);
    assert.ok(kernel !== undefined && sameService(kernel.service, entry.service));
    assert.deepEqual(
      Array.from(kernel.destinations.keys()).sort(),
      Array.from(entry.destinations.keys()).sort(),
    );
    for (const [serverId, server] of entry.destinations) {
      const seen = kernel.destinations.get(serverId);
      assert.ok(seen !== undefined && sameDestination(seen, server));
    }
  }
}

/** Apply of what is there sends no message that changes anything. */
async function doesNothingTwice(wanted: Table): Promise<void> {
  await withFaults(undefined, async (client, sockets) => {
    assert.equal(await apply(client, wanted), 'done');
    assert.equal(sockets.changes, 0);
  });
}

/** A failing apply leaves the table exactly as it was, whichever message fails and however. */
async function failsWithoutTrace(client: IpvsClient, wanted: Table): Promise<void> {
  const { additionsAndEdits, removals } = planOf((await planApply(client, wanted)).differences);
  const operations = additionsAndEdits.length + removals.length;
  counts.operations += operations;
  const before = await snapshot(client);
  for (let at = 0; at < operations; at++) {
    for (const kind of ['refusal', 'lost-before', 'lost-after'] as const) {
      const result = await withFaults({ kind, at }, (faulty) =>
        apply(faulty, wanted, { reopen: () => IpvsClient.open() }),
      );
      assert.equal(result, kind === 'refusal' ? 'refused' : 'broken');
      assert.equal(await snapshot(client), before, `${kind} at ${at} of ${operations}`);
      if (kind === 'refusal') counts.refusals++;
      else counts.breaks++;
    }
  }
}

const client = await IpvsClient.open();
await client.flush();
await fc.assert(
  fc.asyncProperty(tables, tables, async (from, to) => {
    await makesItSo(client, from);
    await doesNothingTwice(from);
    await failsWithoutTrace(client, to);
    await makesItSo(client, to);
    await doesNothingTwice(to);
    counts.tables += 2;
  }),
  { seed, numRuns: runs, endOnFailure: true },
);
client.close();
console.log(
  `seed ${seed}: ${counts.tables} tables, ${counts.operations} operations, each refused once ` +
    `(${counts.refusals}) and cut off twice (${counts.breaks}): no trace`,
);
