import { runProgram } from '../../../src/cli/run.js';
import { openSocket } from '../../../src/netlink/socket-node.js';
import type { NetlinkSocket } from '../../../src/netlink/socket.js';
import { MemoryTerminal } from './memory-terminal.ts';

// Runs listings of a program that loses its privileges after it has reached the kernel, so that the kernel refuses
// them for real. Prints what each says.

/** Drops privileges before the third message: the listing, after the family and the kernel's version. */
function openAndDrop(protocol: number): NetlinkSocket {
  const socket = openSocket(protocol);
  let sends = 0;
  return {
    receiveCapacity: socket.receiveCapacity,
    send: (bytes) => {
      sends++;
      if (sends === 3) process.seteuid?.(65534);
      return socket.send(bytes);
    },
    receive: () => socket.receive(),
    close: () => {
      socket.close();
    },
  };
}

for (const args of [
  ['-L', '--timeout'],
  ['-L', '--daemon'],
  ['-L', '-n'],
  ['-S', '-n'],
  ['--set', '1', '2', '3'],
]) {
  const terminal = new MemoryTerminal('');
  const status = await runProgram({
    kind: 'ipvsadm',
    name: 'ipvsadm',
    args,
    terminal,
    openOptions: { openSocket: openAndDrop },
  });
  process.seteuid?.(0);
  console.log(`${args.join(' ')}: ${terminal.output}${terminal.errors.trimEnd()} [${status}]`);
}
process.exit(0);
