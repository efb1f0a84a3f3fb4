/** Something that can stand in place of the word under the cursor. */
export interface Candidate {
  /** The whole word. */
  readonly word: string;
  /** What it is, in a few words; may be empty. */
  readonly help: string;
}

/** What can stand in place of the word under the cursor. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether a file name can stand there, which the shell knows better. */
  readonly files: boolean;
}

/** Nothing that is known here. */
export const noCompletion: Completion = { candidates: [], files: false };

/** Those of the candidates that continue what is typed. */
export function continuing(candidates: readonly Candidate[], typed: string): Completion {
  return { candidates: candidates.filter(({ word }) => word.startsWith(typed)), files: false };
}
