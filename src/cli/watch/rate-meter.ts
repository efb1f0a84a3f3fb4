import type { Stats } from '../../ipvs/model.js';
import { rateNames, type HistoryName, type RateName } from '../../output/watch/rows.js';

/** Every so many seconds the kernel sums the counters of its processors up (`net/netfilter/ipvs/ip_vs_est.c`). */
const kernelPeriod = 2;

/** Rates that are kept. */
const historyLength = 30;

const estimates: Readonly<Record<RateName, keyof Stats>> = {
  connections: 'connectionRate',
  inPackets: 'inPacketRate',
  outPackets: 'outPacketRate',
  inBytes: 'inByteRate',
  outBytes: 'outByteRate',
};

/**
 * The rates of a service or server, from the differences of its counters. The kernel moves counters in steps of two
 * seconds: who looks more often sees one step or none, and divides it by the time that it stands for, not by the time
 * between two looks. Until the first difference is known the kernel's own estimate has to do.
 */
export class RateMeter {
  readonly rates: Record<RateName, number> = {
    connections: 0,
    inPackets: 0,
    outPackets: 0,
    inBytes: 0,
    outBytes: 0,
  };
  readonly #histories: Readonly<Record<HistoryName, number[]>> = { connections: [], packets: [], bytes: [] };
  #stats: Stats;
  /** Seconds since the counters moved. */
  #still = 0;
  #hasDifference = false;

  constructor(stats: Stats) {
    this.#stats = stats;
    for (const name of rateNames) this.rates[name] = Number(stats[estimates[name]]);
    this.#remember();
  }

  /** Whether the rates come from a difference, not from the kernel's estimate. */
  get hasDifference(): boolean {
    return this.#hasDifference;
  }

  /** Takes the counters of a look so many seconds after the one before. */
  measure(stats: Stats, elapsed: number): void {
    const before = this.#stats;
    this.#stats = stats;
    const time = Math.max(elapsed, kernelPeriod);
    this.#still += elapsed;
    if (elapsed >= kernelPeriod || rateNames.some((name) => stats[name] !== before[name])) {
      this.#still = 0;
      this.#hasDifference = true;
      for (const name of rateNames) this.rates[name] = increase(before[name], stats[name]) / time;
    } else if (this.#still > kernelPeriod + elapsed / 2) {
      this.#hasDifference = true;
      for (const name of rateNames) this.rates[name] = 0;
    }
    this.#remember();
  }

  /** Nothing is counted any more. */
  stop(): void {
    for (const name of rateNames) this.rates[name] = 0;
  }

  /** The latest rates, the oldest first. */
  history(of: HistoryName): readonly number[] {
    return this.#histories[of];
  }

  #remember(): void {
    const { connections, inPackets, outPackets, inBytes, outBytes } = this.rates;
    const { connections: first, packets, bytes } = this.#histories;
    push(first, connections);
    push(packets, inPackets + outPackets);
    push(bytes, inBytes + outBytes);
  }
}

/** By how much a counter grew; one that was zeroed meanwhile grew by what it has now. */
function increase(before: bigint, after: bigint): number {
  return Number(after >= before ? after - before : after);
}

function push(history: number[], rate: number): void {
  if (history.length >= historyLength) history.shift();
  history.push(rate);
}
