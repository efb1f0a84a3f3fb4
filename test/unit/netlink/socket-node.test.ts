import { readlinkSync } from 'node:fs';
import { RawNetlinkSocket } from 'netlink/dist/raw.js';
import { describe, expect, test } from 'vitest';
import { findDescriptor, socketInode } from '../../../src/netlink/descriptor.js';
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

  test('answers long rows of requests, and lets others have their turn', async () => {
    const socket = openSocket(genericProtocol);
    let turns = 0;
    const turn = setInterval(() => turns++, 0);
    for (let i = 0; i < 1000; i++) await openFamily(socket, 'nlctrl', 1);
    clearInterval(turn);
    expect(turns).toBeGreaterThan(0);
    socket.close();
    await expect(socket.send(new Uint8Array(16))).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
  });

  test('is found among the descriptors', () => {
    const raw = new RawNetlinkSocket(genericProtocol, { localPort: 0, recvBufferSize: 0, sendBufferSize: 0 });
    const descriptor = findDescriptor(genericProtocol, raw.address().port);
    expect(readlinkSync(`/proc/self/fd/${descriptor}`)).toMatch(/^socket:/);
    raw.close();
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

  test('rejects a later send that the kernel refuses', async () => {
    const socket = openSocket(genericProtocol);
    for (let i = 0; i < 10; i++) await openFamily(socket, 'nlctrl', 1);
    await expect(socket.send(Buffer.alloc(8 << 20))).rejects.toMatchObject({ code: 'EMSGSIZE' });
    socket.close();
  });

  test('tells when a protocol is not there', () => {
    expect(() => openSocket(31)).toThrow(SocketError);
  });
});

test('the line of a socket', () => {
  const list = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
00000000fa4a0ba8 0   705        00000000 0        0        0     2        0        79
00000000d10e1d74 16  705        00000000 0        0        0     2        0        84
00000000d10e1d75 16  0          00000000 0        0        0     2        0        21
`;
  expect(socketInode(list, 16, 705)).toBe('84');
  expect(socketInode(list, 16, 0)).toBe('21');
  expect(socketInode(list, 4, 705)).toBeUndefined();
});
