import type { OpenSocket } from '../../../src/netlink/socket.ts';
import { SocketError } from '../../../src/netlink/errors.ts';
import { openSocket } from '../../../src/netlink/socket-node.ts';
import { isChange, messagesOf } from './messages.ts';

/** What is to go wrong, and with which message that changes something, from 0. */
export interface Fault {
  readonly kind: 'refusal' | 'lost-before' | 'lost-after';
  readonly at: number;
}

/** An IPVS command that no kernel has: it refuses it, and carries nothing out. */
const noCommand = 99;

/** Opens sockets to the kernel on which one message goes wrong; `changes` counts those that change something. */
export class FaultySockets {
  changes = 0;
  #fault: Fault | undefined;

  constructor(fault?: Fault) {
    this.#fault = fault;
  }

  readonly open: OpenSocket = (protocol) => {
    const socket = openSocket(protocol);
    return {
      receiveCapacity: socket.receiveCapacity,
      receive: () => socket.receive(),
      close: () => {
        socket.close();
      },
      send: async (bytes) => {
        const fault = this.#inject(bytes);
        if (fault?.kind === 'lost-before') throw broken();
        await socket.send(bytes);
        if (fault?.kind === 'lost-after') throw broken();
      },
    };
  };

  /** The fault that comes with these messages. It comes once. */
  #inject(bytes: Uint8Array): Fault | undefined {
    let found: Fault | undefined;
    for (const message of messagesOf(bytes)) {
      if (!isChange(message)) continue;
      if (this.#fault !== undefined && this.changes === this.#fault.at) {
        found = this.#fault;
        this.#fault = undefined;
        if (found.kind === 'refusal') bytes[message.commandAt] = noCommand;
      }
      this.changes++;
    }
    return found;
  }
}

function broken(): SocketError {
  return new SocketError('EPIPE', 'the connection broke for the test');
}
