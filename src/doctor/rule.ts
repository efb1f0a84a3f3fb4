import type { Finding } from '../output/findings.js';

/** A finding, but for its word. */
export type FoundTrouble = Omit<Finding, 'id'>;

/** Something that may be wrong, and how it is found out. `S` is what is examined. */
export interface Rule<S> {
  /** The word of its findings. */
  readonly id: string;
  /** Gives what it finds; nothing where all is well. */
  readonly check: (situation: S) => readonly FoundTrouble[] | Promise<readonly FoundTrouble[]>;
}

/** What the rules find, in their order. They are asked one after the other. */
export async function examine<S>(rules: readonly Rule<S>[], situation: S): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, check } of rules) {
    for (const trouble of await check(situation)) findings.push({ id, ...trouble });
  }
  return findings;
}
