import type { Sabotage } from '../simulation/simulate.js';

/** A deliberate mistake, and what a run has to show for it. */
export interface SoughtMistake {
  readonly sabotage: Sabotage;
  /** Whether this is what is looked for; anything else that goes wrong is passed over. */
  isEvidence(problems: readonly string[]): boolean;
}

/** Whether a run failed: in a search for a mistake, whether it shows that one. */
export function hasFailed(problems: readonly string[], sought: SoughtMistake | undefined): boolean {
  return problems.length > 0 && (sought?.isEvidence(problems) ?? true);
}
