import { compileProgram } from './compile.ts';

export interface ConnectionMaker {
  /** What `test/lab/connections.c` calls KIND. */
  readonly kind: 'udp' | 'syn' | 'established';
  /** IPv4 address and port of a virtual service that the guest can route to. */
  readonly address: string;
  readonly port: number;
  readonly count: number;
  /** Address of the first client; each client makes `perClient` connections. */
  readonly firstClient: string;
  readonly perClient: number;
}

/** Compiles the program that makes connections cheaply. */
export function compileConnections(): string {
  return compileProgram('test/lab/connections.c');
}

/** The command line that makes the connections; it prints the seconds that it took. */
export function connectionsCommand(program: string, maker: ConnectionMaker): string {
  const { kind, address, port, count, firstClient, perClient } = maker;
  return [program, kind, address, port, count, firstClient, perClient].join(' ');
}

/** Commands that make a dummy interface whose network, 10.9.0.0/16, swallows what is sent to it. */
export const swallowingNetwork = [
  'ip link add swallow type dummy',
  'ip link set swallow up',
  'ip address add 10.9.255.254/16 dev swallow',
  'ip link set lo up',
].join('\n');
