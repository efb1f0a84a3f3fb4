import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { IpvsClient } from '../../../src/ipvs/client.ts';
import type { Operation } from '../../../src/ipvs/operation.ts';
import { carryOut, planApply, type ApplyOptions, type ApplyPlan } from '../../../src/rules/apply.ts';
import { planOf } from '../../../src/rules/plan.ts';
import { readKernelTable } from '../../../src/rules/read-table.ts';
import { settingOperations } from '../../../src/rules/setting-differences.ts';
import { readSettings, type Settings } from '../../../src/rules/settings.ts';
import { sameDestination, sameService } from '../../../src/rules/table.ts';
import { FaultySockets, type Fault } from './faults.ts';
import { pairsOfFiles, type Wanted } from './tables.ts';

// The laws of apply, on the kernel of the network namespace this runs in: laws.js SEED RUNS. Prints what was done.

const [seed = 1, runs = 10] = process.argv.slice(2).map(Number);
const counts = { tables: 0, operations: 0, settings: 0, refusals: 0, breaks: 0 };

function planOfFile(client: IpvsClient, { table, settings }: Wanted): Promise<ApplyPlan> {
  return planApply(client, table, {}, settings);
}

async function apply(client: IpvsClient, wanted: Wanted, options: ApplyOptions = {}): Promise<string> {
  const outcome = await carryOut(client, await planOfFile(client, wanted), options);
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
  return lines
    .concat(await settingsSnapshot(client))
    .sort()
    .join('\n');
}

async function settingsSnapshot(client: IpvsClient): Promise<string[]> {
  const { timeouts, daemons } = await readSettings(client);
  const lines = [`timeouts: ${[timeouts.tcp, timeouts.tcpFin, timeouts.udp].join(' ')}`];
  for (const daemon of daemons.values()) {
    const { state, syncId, maxLength, group, port, ttl } = daemon;
    lines.push(
      `daemon ${state}: ${[daemon.interface, syncId, maxLength, group?.toString(), port, ttl].join(' ')}`,
    );
  }
  return lines;
}

/** The kernel as it starts: nothing in the table, no daemons. The timeouts stay as the file before left them. */
async function clear(client: IpvsClient): Promise<void> {
  await client.flush();
  const { daemons } = await readSettings(client);
  const stops = Array.from(daemons.values(), (daemon): Operation => ({ kind: 'delDaemon', daemon }));
  assert.deepEqual(await client.batch(stops), []);
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
async function makesItSo(client: IpvsClient, wanted: Wanted): Promise<void> {
  const before = await readSettings(client);
  assert.equal(await apply(client, wanted), 'done');
  const { differences, settings } = await planOfFile(client, wanted);
  assert.deepEqual([...differences, ...settings], []);
  await hasSettings(client, wanted, before);
  const there = await readKernelTable(client);
  assert.deepEqual(Array.from(there.keys()).sort(), Array.from(wanted.table.keys()).sort());
  for (const [id, entry] of wanted.table) {
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

/** The settings that a file names are as it says, those that it does not name as they were. */
async function hasSettings(client: IpvsClient, { settings }: Wanted, before: Settings): Promise<void> {
  const after = await readSettings(client);
  const { timeouts = before.timeouts } = settings;
  assert.equal(after.timeouts.tcp, timeouts.tcp || before.timeouts.tcp);
  assert.equal(after.timeouts.tcpFin, timeouts.tcpFin || before.timeouts.tcpFin);
  assert.equal(after.timeouts.udp, timeouts.udp || before.timeouts.udp);
  const named = new Map(settings.daemons.map((daemon) => [daemon.state, daemon]));
  for (const [state, daemon] of named) {
    // What is not named the kernel chooses, and it has its limits for the length of messages.
    const running = after.daemons.get(state);
    assert.deepEqual({ ...running, ...daemon, maxLength: running?.maxLength }, running);
  }
  const others = (daemons: Settings['daemons']): unknown =>
    Array.from(daemons).filter(([state]) => !named.has(state));
  assert.deepEqual(others(after.daemons), others(before.daemons));
}

/** Apply of what is there sends no message that changes anything. */
async function doesNothingTwice(wanted: Wanted): Promise<void> {
  await withFaults(undefined, async (client, sockets) => {
    assert.equal(await apply(client, wanted), 'done');
    assert.equal(sockets.changes, 0);
  });
}

/** A failing apply leaves the table exactly as it was, whichever message fails and however. */
async function failsWithoutTrace(client: IpvsClient, wanted: Wanted): Promise<void> {
  const plan = await planOfFile(client, wanted);
  const { additionsAndEdits, removals } = planOf(plan.differences);
  const ofSettings = plan.settings.flatMap(settingOperations).length;
  const operations = additionsAndEdits.length + ofSettings + removals.length;
  counts.operations += operations;
  counts.settings += ofSettings;
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
const outcome = await fc.check(
  fc.asyncProperty(pairsOfFiles, async ([from, to]) => {
    await clear(client);
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
if (outcome.failed) {
  console.error(
    outcome.errorInstance,
    outcome.counterexample?.map((pair) => inspect(pair, { depth: 9 })),
  );
  process.exit(1);
}
const runtime = process.versions['bun'] === undefined ? 'node' : 'standalone';
console.log(
  `seed ${seed} by ${runtime}: ${counts.tables} tables, ${counts.operations} operations (${counts.settings} of settings), ` +
    `each refused once (${counts.refusals}) and cut off twice (${counts.breaks}): no trace`,
);
