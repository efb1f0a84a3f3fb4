/** The share of a processor that looking may take, and that a longer interval aims at: no two looks cost the same. */
const largestShare = 0.28;
const intendedShare = 0.22;

/** The share is measured over so many seconds at least, and not over the first looks, which cost more than all others. */
const measuredTime = 4;
const firstLooks = 2;

/** A longer interval is given up when one of this part of it would do. */
const muchShorter = 0.6;

/** Seconds that have passed, and seconds of a processor that this process has used, since some moment. */
export interface PaceClock {
  time(): number;
  used(): number;
}

const processClock: PaceClock = {
  time: () => performance.now() / 1000,
  used: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

/**
 * The interval between looks: as long as the user wants it, or longer where the table is so large that looking would
 * take too much of a processor.
 */
export class Pace {
  readonly #wanted: number;
  readonly #clock: PaceClock;
  #interval: number;
  #looks = -firstLooks;
  #time = 0;
  #used = 0;

  /** `wanted` is in seconds. */
  constructor(wanted: number, clock = processClock) {
    this.#wanted = wanted;
    this.#clock = clock;
    this.#interval = wanted;
  }

  /** Seconds. */
  get interval(): number {
    return this.#interval;
  }

  /** What the user should know; empty for nothing. */
  get notice(): string {
    return this.#interval === this.#wanted ? '' : `so many that it is every ${this.#interval} s`;
  }

  /** To be called after each look; true when the interval is another now. */
  adapt(): boolean {
    if (++this.#looks === 0) this.#measure();
    const time = this.#clock.time() - this.#time;
    if (this.#looks <= 0 || time < measuredTime) return false;
    const used = this.#clock.used() - this.#used;
    const needed = Math.max(this.#wanted, used / this.#looks / intendedShare);
    const isTooFast = used / time > largestShare;
    this.#measure();
    if (!isTooFast && needed > this.#interval * muchShorter) return false;
    const before = this.#interval;
    this.#interval = needed > this.#wanted ? Math.ceil(needed * 2) / 2 : this.#wanted;
    return this.#interval !== before;
  }

  #measure(): void {
    this.#looks = 0;
    this.#time = this.#clock.time();
    this.#used = this.#clock.used();
  }
}
