import type { Sabotage } from '../simulation/simulate.js';

/** A deliberate mistake, and the evidence of it in a run. */
export interface ExpectedMistake {
  readonly sabotage: Sabotage;
  /** Whether the problems are the expected ones. All other problems are ignored. */
  isEvidence(problems: readonly string[]): boolean;
}

/** Whether a run failed. In a search for a mistake: whether it shows the expected problem. */
export function hasFailed(problems: readonly string[], expected: ExpectedMistake | undefined): boolean {
  return problems.length > 0 && (expected?.isEvidence(problems) ?? true);
}
