// `struct nlmsghdr` and `struct genlmsghdr` (linux/netlink.h, linux/genetlink.h).
const headerLength = 16;
const controllerType = 16;
/** `IPVS_CMD_GET_*` */
const askingCommands: readonly number[] = [4, 8, 11, 13, 15];

/** A generic netlink message within a datagram. */
export interface Message {
  readonly type: number;
  readonly command: number;
  /** Index of the byte that holds the command. */
  readonly commandAt: number;
}

/** The messages of a datagram. */
export function* messagesOf(datagram: Uint8Array): Generator<Message, void, undefined> {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  for (let at = 0; at + headerLength < view.byteLength;) {
    const length = view.getUint32(at, true);
    const commandAt = at + headerLength;
    yield { type: view.getUint16(at + 4, true), command: view.getUint8(commandAt), commandAt };
    at += (length + 3) & ~3;
  }
}

/** Whether a message asks for a change of the kernel's table. */
export function isChange({ type, command }: Message): boolean {
  return type !== controllerType && !askingCommands.includes(command);
}
