import { readlinkSync } from 'node:fs';
import { readTextFile } from './text-file.js';

// `CAP_NET_ADMIN` in linux/capability.h.
const netAdminBit = 12n;

/** Whether this process may administer the network of its namespace. */
export function mayAdministerNetwork(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readTextFile('/proc/self/status') ?? '')?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> netAdminBit) & 1n) === 1n;
}

/** Whether this process is in the network namespace of process 1; undefined where that can't be seen. */
export function inHostNamespace(): boolean | undefined {
  try {
    return readlinkSync('/proc/self/ns/net') === readlinkSync('/proc/1/ns/net');
  } catch {
    return undefined;
  }
}
