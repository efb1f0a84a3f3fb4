import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The file descriptor of this process's netlink socket of a protocol that is bound to a port, as the kernel lists them
 * (proc_pid_net(5), proc_pid_fd(5)). Undefined where it can't be found.
 */
export function findDescriptor(protocol: number, port: number): number | undefined {
  try {
    const inode = socketInode(readFileSync('/proc/self/net/netlink', 'latin1'), protocol, port);
    if (inode === undefined) return undefined;
    const target = `socket:[${inode}]`;
    // Late descriptors have high numbers.
    const descriptors = readdirSync('/proc/self/fd')
      .map(Number)
      .sort((a, b) => b - a);
    return descriptors.find((descriptor) => isLinkTo(`/proc/self/fd/${descriptor}`, target));
  } catch {
    return undefined;
  }
}

/** The inode in the line of a socket: `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`. */
export function socketInode(list: string, protocol: number, port: number): string | undefined {
  for (const line of list.split('\n')) {
    const words = line.trim().split(/ +/);
    if (words[1] === String(protocol) && words[2] === String(port)) return words[9];
  }
  return undefined;
}

function isLinkTo(path: string, target: string): boolean {
  try {
    return readlinkSync(path) === target;
  } catch {
    // The descriptor that read the folder is closed again.
    return false;
  }
}
