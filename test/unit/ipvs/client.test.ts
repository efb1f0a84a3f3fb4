import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Table } from '../../../src/netlink/attributes.js';
import { u16 } from '../../../src/netlink/codec.js';
import { FamilyMissingError, NetlinkError } from '../../../src/netlink/errors.js';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import { IpvsClient } from '../../../src/ipvs/client.js';
import { addressService, fwmarkService, type Destination, type Service } from '../../../src/ipvs/model.js';
import { mayOpenRawSockets } from '../../../src/ipvs/privileges.js';
import { operations } from '../../../src/ipvs/schema.js';
import { answerBarrier, datagram, done, messagesIn, reply, type Sent } from '../netlink/kernel-messages.js';
import { ScriptedSocket, type Answer } from '../netlink/scripted-socket.js';
import * as arbitrary from './arbitraries.js';
import { daemonRow, destinationRow, infoTable, messageTable, noStats, serviceRow } from './kernel-rows.js';

const familyId = 30;
const lookup = new Table({ id: [1, u16] });
const info = { version: 0x010201, connectionTableSize: 4096 };

/** A kernel with IPVS: answers the opening itself and leaves the rest to the test. */
function kernel(answer: Answer = (sent) => answerBarrier(sent)): ScriptedSocket {
  return new ScriptedSocket((sent, round) => {
    const [first] = messagesIn(sent);
    if (first === undefined) return [];
    if (first.type === 16)
      return [reply(16, first.sequence, 1, lookup, { id: familyId }), ...answerBarrier(sent)];
    if (first.command === operations.getInfo.command) {
      return [reply(familyId, first.sequence, 14, infoTable, info), ...answerBarrier(sent)];
    }
    return answer(sent, round);
  });
}

async function open(answer?: Answer): Promise<{ client: IpvsClient; socket: ScriptedSocket }> {
  const socket = kernel(answer);
  return { client: await IpvsClient.open({ openSocket: () => socket }), socket };
}

function lastRequest(socket: ScriptedSocket): Sent | undefined {
  return messagesIn(socket.sent.at(-1) ?? new Uint8Array(0))[0];
}

const key = addressService(6, new IpAddress(AddressFamily.ipv4, 0x0a000001), 80);
const service: Service = {
  ...key,
  scheduler: 'wlc',
  flags: 0,
  timeout: 0,
  netmask: 0xffff_ffff,
  persistenceEngine: '',
};
const destination: Destination = {
  address: new IpAddress(AddressFamily.ipv4, 0x0a000002),
  port: 80,
  forwarding: 0,
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  tunnelType: 0,
  tunnelPort: 0,
  tunnelFlags: 0,
};

describe('opening', () => {
  test('keeps what the kernel says about itself', async () => {
    const { client, socket } = await open();
    expect(client.info).toEqual(info);
    client.close();
    expect(socket.closed).toBe(true);
  });

  test('loads the module when there is no family, and tries again', async () => {
    let loaded = false;
    const inner = kernel();
    const socket = new ScriptedSocket((sent) => {
      if (!loaded) return answerBarrier(sent, { 0: 2 });
      const before = inner.sent.length;
      void inner.send(sent);
      expect(inner.sent.length).toBe(before + 1);
      const [first] = messagesIn(sent);
      if (first === undefined) return [];
      return [
        first.type === 16
          ? reply(16, first.sequence, 1, lookup, { id: familyId })
          : reply(familyId, first.sequence, 14, infoTable, info),
        ...answerBarrier(sent),
      ];
    });
    const loadModule = vi.fn(() => {
      loaded = true;
      return Promise.resolve();
    });
    const client = await IpvsClient.open({ openSocket: () => socket, loadModule });
    expect(loadModule).toHaveBeenCalledTimes(1);
    expect(client.info).toEqual(info);
  });

  test('fails when the module does not help, and frees the socket', async () => {
    const socket = new ScriptedSocket((sent) => answerBarrier(sent, { 0: 2 }));
    const loadModule = vi.fn(() => Promise.resolve());
    const opening = IpvsClient.open({ openSocket: () => socket, loadModule });
    // The privileges decide which of the two the original shows.
    if (mayOpenRawSockets()) {
      await expect(opening).rejects.toBeInstanceOf(FamilyMissingError);
      await expect(opening).rejects.toThrow('Protocol not available');
    } else {
      await expect(opening).rejects.toThrow('Permission denied (you must be root)');
    }
    expect(loadModule).toHaveBeenCalledTimes(1);
    expect(socket.closed).toBe(true);
  });

  test('without privileges loads nothing', async () => {
    const socket = new ScriptedSocket((sent) => {
      const [first] = messagesIn(sent);
      return first?.type === 16
        ? [reply(16, first.sequence, 1, lookup, { id: familyId }), ...answerBarrier(sent)]
        : answerBarrier(sent, { 0: 1 });
    });
    const loadModule = vi.fn(() => Promise.resolve());
    const opening = IpvsClient.open({ openSocket: () => socket, loadModule });
    await expect(opening).rejects.toBeInstanceOf(NetlinkError);
    await expect(opening).rejects.toMatchObject({
      code: 'EPERM',
      operation: 'getInfo',
      message: 'Permission denied (you must be root)',
    });
    expect(loadModule).not.toHaveBeenCalled();
  });
});

describe('listings', () => {
  const rows = (command: number, messages: readonly Parameters<typeof messageTable.encode>[1][]): Answer => {
    return (sent) => {
      const sequence = messagesIn(sent)[0]?.sequence ?? 0;
      return [
        datagram(...messages.map((message) => reply(familyId, sequence, command, messageTable, message, 2))),
        done(sequence),
      ];
    };
  };

  test('services', async () => {
    const entries = fc.sample(arbitrary.service, 5).map((one) => ({ ...one, stats: noStats }));
    const { client, socket } = await open(rows(1, entries.map(serviceRow)));
    expect(await client.services()).toEqual(entries);
    expect(lastRequest(socket)).toMatchObject({ command: 4, flags: 0x301 });
    expect(lastRequest(socket)?.attributes).toHaveLength(0);
  });

  test('servers of a service', async () => {
    const entries = fc.sample(arbitrary.destinationEntry, 5);
    const { client, socket } = await open(rows(5, entries.map(destinationRow)));
    expect(await client.destinations(key)).toEqual(entries);
    expect(lastRequest(socket)).toMatchObject({ command: 8, flags: 0x301 });
  });

  test('sync daemons', async () => {
    const daemons = fc.sample(arbitrary.daemon, 2);
    const { client, socket } = await open(rows(9, daemons.map(daemonRow)));
    expect(await client.daemons()).toEqual(daemons);
    expect(lastRequest(socket)).toMatchObject({ command: 11, flags: 0x301 });
  });
});

describe('single answers', () => {
  test('a service', async () => {
    const entry = { ...service, stats: { ...noStats, inBytes: 2n ** 60n } };
    const { client } = await open((sent) => [
      reply(familyId, messagesIn(sent)[0]?.sequence ?? 0, 1, messageTable, serviceRow(entry)),
      ...answerBarrier(sent),
    ]);
    expect(await client.service(key)).toEqual(entry);
  });

  test('a service that is not there', async () => {
    const { client } = await open((sent) => answerBarrier(sent, { 0: 3 }));
    await expect(client.service(fwmarkService(1))).rejects.toMatchObject({
      code: 'ESRCH',
      message: 'No such service',
    });
  });

  test('timeouts', async () => {
    const { client } = await open((sent) => [
      reply(familyId, messagesIn(sent)[0]?.sequence ?? 0, 12, messageTable, {
        timeoutTcp: 900,
        timeoutTcpFin: 120,
        timeoutUdp: 300,
      }),
      ...answerBarrier(sent),
    ]);
    expect(await client.timeouts()).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
  });

  test('no answer where there must be one', async () => {
    const { client } = await open();
    await expect(client.timeouts()).rejects.toThrow('timeouts: missing');
  });
});

test('every change has its command', async () => {
  const { client, socket } = await open();
  const calls: [keyof typeof operations, () => Promise<void>][] = [
    ['newService', () => client.addService(service)],
    ['setService', () => client.editService(service)],
    ['delService', () => client.deleteService(key)],
    ['newDest', () => client.addDestination(key, destination)],
    ['setDest', () => client.editDestination(key, destination)],
    ['delDest', () => client.deleteDestination(key, destination)],
    ['flush', () => client.flush()],
    ['zero', () => client.zero()],
    ['zero', () => client.zero(key)],
    ['setConfig', () => client.setTimeouts({ tcp: 1, tcpFin: 2, udp: 3 })],
    ['newDaemon', () => client.startDaemon({ state: 1, interface: 'lo', syncId: 1 })],
    ['delDaemon', () => client.stopDaemon({ state: 1, interface: 'lo', syncId: 1 })],
  ];
  for (const [name, call] of calls) {
    await call();
    expect(lastRequest(socket), name).toMatchObject({
      type: familyId,
      flags: 1,
      command: operations[name].command,
    });
  }
});

test('a refused change says so in the words of the original', async () => {
  const { client } = await open((sent) => answerBarrier(sent, { 0: 17 }));
  await expect(client.addDestination(key, destination)).rejects.toMatchObject({
    code: 'EEXIST',
    operation: 'newDest',
    message: 'Destination already exists',
  });
});

test('a batch tells its refusals in the words of the original', async () => {
  const { client } = await open((sent) => answerBarrier(sent, { 0: 17, 2: 2, 3: 1 }));
  const failures = await client.batch([
    { kind: 'newService', service },
    { kind: 'newDest', service: key, destination },
    { kind: 'delDest', service: key, destination },
    { kind: 'flush' },
  ]);
  expect(failures.map(({ index, operation, message }) => [index, operation, message])).toEqual([
    [0, 'newService', 'Service already exists'],
    [2, 'delDest', 'No such destination'],
    [3, 'flush', 'Permission denied (you must be root)'],
  ]);
});
