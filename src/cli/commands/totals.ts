import type { Stats } from '../../ipvs/model.js';
import { readTotals } from '../../ipvs/totals.js';
import { IpvsadmError } from '../../netlink/errors.js';

/** The counters of the whole table; undefined where the kernel's file is out of sight. */
export function totals(): Stats | undefined {
  try {
    return readTotals();
  } catch (error) {
    if (error instanceof IpvsadmError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
