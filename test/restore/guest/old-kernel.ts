import { runProgram } from '../../../src/cli/run.js';
import { openSocket } from '../../../src/netlink/socket-node.js';
import type { NetlinkSocket } from '../../../src/netlink/socket.js';
import { MemoryTerminal } from './memory-terminal.ts';

// Runs the command lines of its arguments on a kernel that says it is of version 1.1.3.

/** The attribute with the kernel's version in the answer to IPVS_CMD_GET_INFO: its length, its type, 1.2.1. */
const version = Buffer.from([8, 0, 1, 0, 1, 2, 1, 0]);
const oldVersion = Buffer.from([8, 0, 1, 0, 3, 1, 1, 0]);

function openOld(protocol: number): NetlinkSocket {
  const socket = openSocket(protocol);
  return {
    receiveCapacity: socket.receiveCapacity,
    send: (bytes) => socket.send(bytes),
    receive: async () => {
      const bytes = await socket.receive();
      const place = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(version);
      if (place >= 0) bytes.set(oldVersion, place);
      return bytes;
    },
    close: () => {
      socket.close();
    },
  };
}

for (const line of process.argv.slice(2)) {
  const terminal = new MemoryTerminal('-A -t 10.0.0.2:80\n-L -n\n');
  const status = await runProgram({
    kind: 'ipvsadm',
    name: 'ipvsadm',
    args: line.split(' '),
    terminal,
    openOptions: { openSocket: openOld },
  });
  console.log(`$ ipvsadm ${line}\n${terminal.errors}${terminal.output}= ${status}`);
}
process.exit(0);
