/** Sees every datagram that goes over a socket. The bytes are valid during the call only. */
export interface Tracer {
  sent(datagram: Uint8Array): void;
  received(datagram: Uint8Array): void;
}
