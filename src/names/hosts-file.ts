import { parseAddress } from '../ipvs/address.js';

/** Host names by address, as `hosts(5)` has them: the first name of the first line of each address. */
export function parseHostsFile(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [addressText, name] = (line.split('#', 1)[0] ?? '').trim().split(/[ \t]+/);
    const address = parseAddress(addressText ?? '')?.toString();
    if (address !== undefined && name !== undefined && !names.has(address)) names.set(address, name);
  }
  return names;
}
