import { describe, expect, test } from 'vitest';
import { FamilyMissingError, SocketError } from '../../../src/netlink/errors.js';
import { openFamily } from '../../../src/netlink/generic.js';
import { genericProtocol } from '../../../src/netlink/socket.js';
import { openSocket } from '../../../src/netlink/socket-node.js';

// Every Linux answers these without privileges: the controller of generic netlink is always there.
describe('the real socket', () => {
  test('finds a family', async () => {
    const socket = openSocket(genericProtocol);
    expect(socket.receiveCapacity).toBeGreaterThan(100_000);
    await openFamily(socket, 'nlctrl', 1);
    socket.close();
  });

  test('tells of a family that is not there', async () => {
    const socket = openSocket(genericProtocol);
    await expect(openFamily(socket, 'no such', 1)).rejects.toBeInstanceOf(FamilyMissingError);
    socket.close();
  });

  test('rejects what waits when it is closed, and all after that', async () => {
    const socket = openSocket(genericProtocol);
    const waiting = socket.receive();
    socket.close();
    socket.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
    await expect(socket.receive()).rejects.toBeInstanceOf(SocketError);
    await expect(socket.send(new Uint8Array(16))).rejects.toBeInstanceOf(SocketError);
  });

  test('rejects a send that the kernel refuses', async () => {
    const socket = openSocket(genericProtocol);
    await expect(socket.send(Buffer.alloc(8 << 20))).rejects.toMatchObject({ code: 'EMSGSIZE' });
    socket.close();
  });

  test('tells when a protocol is not there', () => {
    expect(() => openSocket(31)).toThrow(SocketError);
  });
});
