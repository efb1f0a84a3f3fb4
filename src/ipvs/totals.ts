import { readFileSync } from 'node:fs';
import { DecodeError, IpvsadmError } from '../netlink/errors.js';
import type { Stats } from './model.js';

/** Where the kernel tells the counters of the whole table of the reader's network namespace. */
export const totalsFile = '/proc/net/ip_vs_stats';

/**
 * Reads the counters and rates of the whole table. Throws `IpvsadmError` with the code of the system error when the
 * file can't be read, `DecodeError`.
 */
export function readTotals(file = totalsFile): Stats {
  return parseTotals(readFile(file));
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ERR_FILE';
    throw new IpvsadmError(code, `Can't read ${file}`, { cause });
  }
}

/** Reads the text of the file: two lines of five hexadecimal numbers under titles. Throws `DecodeError`. */
export function parseTotals(text: string): Stats {
  const [counters, rates] = text.split('\n').flatMap((line) => numbersOf(line) ?? []);
  if (counters === undefined || rates === undefined) throw DecodeError.missing(totalsFile);
  return {
    connections: counters[0],
    inPackets: counters[1],
    outPackets: counters[2],
    inBytes: counters[3],
    outBytes: counters[4],
    connectionRate: rates[0],
    inPacketRate: rates[1],
    outPacketRate: rates[2],
    inByteRate: rates[3],
    outByteRate: rates[4],
  };
}

type Five = readonly [bigint, bigint, bigint, bigint, bigint];

/** The five hexadecimal numbers of a line that has nothing else, in a list of one. */
function numbersOf(line: string): readonly [Five] | undefined {
  const [a, b, c, d, e, ...more] = line
    .trim()
    .split(/ +/)
    .map((word) => (/^[0-9A-Fa-f]{1,16}$/.test(word) ? BigInt(`0x${word}`) : undefined));
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined)
    return undefined;
  return more.length > 0 ? undefined : [[a, b, c, d, e]];
}
