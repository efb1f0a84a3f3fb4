import { readFileSync } from 'node:fs';

// `CAP_NET_RAW` in linux/capability.h.
const rawSocketBit = 13n;

/**
 * Whether this process may open raw sockets. Where the kernel has no IPVS, ipvsadm 1.31 tries one as its last
 * resort, so that those who may not are told of the missing privilege instead of the missing module.
 */
export function mayOpenRawSockets(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return effective === undefined || ((BigInt(`0x${effective}`) >> rawSocketBit) & 1n) === 1n;
  } catch {
    return true;
  }
}
