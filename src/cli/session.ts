import type { IpvsClient } from '../ipvs/client.js';
import type { NameService } from '../names/name-service.js';

/** Where text goes and comes from. */
export interface Terminal {
  /** Standard output; kept together in large writes. */
  write(text: string): void;
  /** Standard error, at once; a string of bytes, since messages repeat words of the command line. */
  writeError(text: string): void;
  /** All of standard input as a string of bytes. */
  readInput(): Promise<string>;
}

/** What commands work with. */
export interface Session {
  readonly client: IpvsClient;
  readonly names: NameService;
  readonly terminal: Terminal;
  /** The name the program was called by. */
  readonly programName: string;
}
