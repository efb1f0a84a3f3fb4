import type { Terminal } from '../session.js';

/** `-h`. */
export async function showHelp(terminal: Terminal): Promise<void> {
  const { helpText } = await import('../front.js');
  terminal.write(helpText());
}

/** `-v`: to the byte the line of the ipvsadm this stands in for, since scripts compare versions by it. */
export function showVersion(terminal: Terminal): void {
  terminal.write('ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n');
}
