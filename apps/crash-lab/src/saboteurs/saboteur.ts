import type { Sabotage } from '../simulation/simulate.js';

/** One deliberate mistake, to see whether the suites notice it. */
export interface Saboteur {
  readonly name: string;
  /** What the broken part does, in one sentence. */
  readonly mistake: string;
  /** What it is noticed by: with one of these the problem has to begin, and anything else that goes wrong does not count. */
  readonly breaks: readonly string[];
  /** Of a storage: a test of the contract that has to fail; undefined where none does. */
  readonly contractTest?: string;
  readonly sabotage: Sabotage;
}
