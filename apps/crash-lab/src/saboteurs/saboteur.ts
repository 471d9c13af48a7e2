import type { Sabotage } from '../simulation/simulate.js';

/** One deliberate mistake, to see whether the suites notice it. */
export interface Saboteur {
  readonly name: string;
  /** What the broken part does, in one sentence. */
  readonly mistake: string;
  readonly sabotage: Sabotage;
}
