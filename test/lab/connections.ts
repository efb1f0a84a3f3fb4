import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project.ts';

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

/** Compiles the program that makes connections cheaply, and returns its path, which is the same in the guest. */
export function compileConnections(): string {
  const folder = join(projectRoot, 'node_modules/.cache/ipvsadm');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'connections');
  const fresh = `${program}.${process.pid}`;
  execFileSync('/usr/bin/gcc', ['-O2', '-Wall', '-o', fresh, join(projectRoot, 'test/lab/connections.c')]);
  // Another process may be running the one that is there.
  renameSync(fresh, program);
  return program;
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
