import type { IpvsClient } from '../ipvs/client.js';
import type { NameService } from '../names/name-service.js';

/** A wish to end early, from outside. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 130 for SIGINT, 143 for SIGTERM, undefined while nobody has asked. */
  readonly exitStatus: number | undefined;
}

/** Where text goes and comes from. */
export interface Terminal {
  /** Standard output; kept together in large writes. */
  write(text: string): void;
  /** Standard output, behind what was written before; the bytes may be changed afterwards. */
  writeBytes(bytes: Uint8Array): void;
  /** Standard error, at once; a string of bytes, since messages repeat words of the command line. */
  writeError(text: string): void;
  /** Writes what is kept back of standard output. */
  flush(): void;
  /** Whether a person sees standard output and standard error. */
  readonly outputIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  /** Aborted by SIGINT or SIGTERM from the first call on; `exitStatus` then is what a shell expects. */
  interruption(): Interruption;
  /** All of standard input. */
  readInput(): Promise<Buffer>;
}

/** What commands work with. */
export interface Session {
  readonly client: IpvsClient;
  /** Gives another connection to the kernel, for when that of `client` broke; its caller closes it. */
  readonly reopen: () => Promise<IpvsClient>;
  readonly names: NameService;
  readonly terminal: Terminal;
  /** The name the program was called by. */
  readonly programName: string;
}
