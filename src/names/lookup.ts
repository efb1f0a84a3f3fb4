import type { IpAddress } from '../ipvs/address.js';

/** Names to numbers, for reading command lines. Answers at once from what is known. */
export interface NameLookup {
  /**
   * The first IPv4 address of a host, undefined if it has none. Throws {@link UnresolvedHost} when the name has
   * not been looked up yet: look it up and ask again.
   */
  hostAddress(name: string): IpAddress | undefined;
  /** The port of a service by its name or alias in the services database, for an IP protocol number. */
  servicePort(name: string, protocol: number): number | undefined;
}

/** Thrown to ask for a host name to be looked up before reading the command line again. */
export class UnresolvedHost extends Error {
  readonly host: string;

  constructor(host: string) {
    super(`${host} has not been looked up`);
    this.host = host;
  }
}
