import { SocketError } from '../../../src/netlink/errors.js';
import type { NetlinkSocket } from '../../../src/netlink/socket.js';

/** What the kernel of a test answers to a datagram: datagrams, or an error of the socket. */
export type Answer = (sent: Uint8Array, round: number) => readonly (Uint8Array | SocketError)[];

/** A socket without a kernel: records what is sent, answers by a script, and fails instead of waiting. */
export class ScriptedSocket implements NetlinkSocket {
  readonly receiveCapacity: number;
  readonly sent: Uint8Array[] = [];
  closed = false;
  readonly #answer: Answer;
  readonly #queue: (Uint8Array | SocketError)[] = [];

  constructor(answer: Answer, receiveCapacity = 425_984) {
    this.#answer = answer;
    this.receiveCapacity = receiveCapacity;
  }

  send(bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    this.sent.push(copy);
    this.#queue.push(...this.#answer(copy, this.sent.length - 1));
    return Promise.resolve();
  }

  receive(): Promise<Uint8Array> {
    const next = this.#queue.shift();
    if (next === undefined) return Promise.reject(SocketError.timeout(0));
    return next instanceof SocketError ? Promise.reject(next) : Promise.resolve(next);
  }

  /** Makes something arrive that was not asked for. */
  deliver(datagram: Uint8Array): void {
    this.#queue.push(datagram);
  }

  close(): void {
    this.closed = true;
  }
}

/** Compares bytes with hexadecimal text (blanks ignored); throws with both side by side where they differ. */
export function expectBytes(actual: Uint8Array, expectedHex: string): void {
  const expected = Uint8Array.from(Buffer.from(expectedHex.replaceAll(/\s/g, ''), 'hex'));
  if (Buffer.compare(actual, expected) === 0) return;
  const lines: string[] = ['expected             | sent'];
  for (let at = 0; at < Math.max(actual.length, expected.length); at += 4) {
    const left = words(expected, at);
    const right = words(actual, at);
    lines.push(
      `${String(at).padStart(4)}  ${left.padEnd(14)} | ${right.padEnd(12)}${left === right ? '' : ' <-'}`,
    );
  }
  throw new Error(`other bytes\n${lines.join('\n')}`);
}

function words(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
