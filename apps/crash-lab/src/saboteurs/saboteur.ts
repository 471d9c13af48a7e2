import type { Sabotage } from '../simulation/simulate.js';

/** One deliberate mistake, to check whether the suites notice it. */
export interface Saboteur {
  readonly name: string;
  /** The wrong behaviour, in one sentence. */
  readonly mistake: string;
  /** The evidence: the problem has to begin with one of these, and other problems do not count. */
  readonly breaks: readonly string[];
  /** For a storage: a test of the contract that has to fail; undefined if none does. */
  readonly contractTest?: string;
  readonly sabotage: Sabotage;
}
