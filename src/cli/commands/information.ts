export { helpText } from '../front.js';

/**
 * The line of `-v`, to the byte that of the ipvsadm this stands in for: scripts compare versions by it.
 */
export function versionText(): string {
  return 'ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n';
}
