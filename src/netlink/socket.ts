/** Netlink protocol number of generic netlink (`NETLINK_GENERIC` in `linux/netlink.h`). */
export const genericProtocol = 16;

/** How long a receive waits for a datagram, in milliseconds. */
export const receiveTimeout = 30_000;

/** A datagram socket that talks with the kernel. Used by one caller at a time. */
export interface NetlinkSocket {
  /** The receive buffer in bytes as the kernel counts it, overhead included (`SO_RCVBUF`). */
  readonly receiveCapacity: number;

  /**
   * Writes one datagram of whole messages to the kernel. The bytes may be changed again once the promise is
   * settled. Rejects with `SocketError`.
   */
  send(bytes: Uint8Array): Promise<void>;

  /**
   * The next datagram from the kernel: whole messages, valid until the next call of `receive`. Rejects with
   * `SocketError` when a datagram was cut or lost, when none comes in time, and when the socket is closed.
   */
  receive(): Promise<Uint8Array>;

  /** Frees the socket; a waiting `receive` rejects. Further calls do nothing. */
  close(): void;
}

/** Opens a socket of a netlink protocol. Throws `SocketError`. */
export type OpenSocket = (protocol: number) => NetlinkSocket;
