import { expect, test } from 'vitest';
import { AddressFamily, IpAddress } from '../../../src/ipvs/address.js';
import type { IpvsClient } from '../../../src/ipvs/client.js';
import { destinationWith, serviceWith } from '../../../src/ipvs/defaults.js';
import {
  addressService,
  DaemonState,
  Protocol,
  type DestinationEntry,
  type ServiceKey,
} from '../../../src/ipvs/model.js';
import { SocketError } from '../../../src/netlink/errors.js';
import { carryOut, planApply } from '../../../src/rules/apply.js';
import { tableOf } from '../../../src/rules/table.js';
import { KernelDouble } from './kernel-double.ts';

const address = (last: number): IpAddress => new IpAddress(AddressFamily.ipv4, 0x0a00_0000 + last);
const service = serviceWith(addressService(Protocol.tcp, address(1), 80));
const server = (last: number): ReturnType<typeof destinationWith> =>
  destinationWith({ address: address(last), port: 80 }, { weight: 3 });

/** A kernel whose servers have no connections. */
class IdleKernel extends KernelDouble {
  async destinations(key: ServiceKey): Promise<DestinationEntry[]> {
    const none = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
    return (await this.destinationConfigs(key)).map((each) => ({ ...each, ...none })) as DestinationEntry[];
  }
}

const wanted = tableOf([{ service, destinations: [server(2), server(4)] }]);
const settings = {
  timeouts: { tcp: 600, tcpFin: 0, udp: 0 },
  daemons: [{ state: DaemonState.master, interface: 'lo', syncId: 5 }],
};

function kernelWithTable(): { readonly kernel: IdleKernel; readonly client: IpvsClient } {
  const kernel = new IdleKernel(1);
  kernel.carryOut({ kind: 'newService', service });
  for (const last of [2, 3]) kernel.carryOut({ kind: 'newDest', service, destination: server(last) });
  kernel.running.push({ state: DaemonState.master, interface: 'lo', syncId: 1 });
  return { kernel, client: kernel as unknown as IpvsClient };
}

test('progress counts all that is done: settings and the weights of servers that are drained too', async () => {
  const { client } = kernelWithTable();
  const seen: string[] = [];
  const outcome = await carryOut(client, await planApply(client, wanted, {}, settings), {
    drain: { timeout: 0 },
    onProgress: (done, total) => {
      seen.push(`${done} of ${total}`);
    },
  });
  expect(outcome.result).toBe('done');
  // A server, the timeouts, a daemon stopped and started, a weight, a removal.
  expect(seen).toEqual(['1 of 6', '2 of 6', '3 of 6', '4 of 6', '5 of 6', '6 of 6']);
});

test.each([0, 1, 2, 3, 4, 5])(
  'a connection that breaks before change %s leaves all as it was, settings too',
  async (at) => {
    const { kernel, client } = kernelWithTable();
    const before = kernel.text();
    let left = at;
    kernel.interfere = () => {
      if (left-- === 0) throw SocketError.answersLost();
    };
    const outcome = await carryOut(client, await planApply(client, wanted, {}, settings), {
      drain: { timeout: 0 },
    });
    expect(outcome).toMatchObject({ result: 'broken', leftovers: [] });
    expect(kernel.text()).toBe(before);
  },
);
