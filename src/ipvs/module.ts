import { existsSync } from 'node:fs';

/** Whether the kernel has IPVS at this moment: merely asking for it would have the kernel load the module. */
export function isIpvsLoaded(): boolean {
  return existsSync('/sys/module/ip_vs');
}

/**
 * Loads the kernel module: runs `/sbin/modprobe -- ip_vs` and waits for its end. What it says goes to this
 * process's stdout and stderr. Whether it succeeded the next request shows, so nothing is thrown.
 */
export async function loadIpvsModule(): Promise<void> {
  const { spawn } = await import('node:child_process');
  await new Promise<void>((resolve) => {
    const child = spawn('/sbin/modprobe', ['--', 'ip_vs'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: '/sbin:/usr/sbin:/bin:/usr/bin' },
    });
    child.once('error', () => {
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
}
