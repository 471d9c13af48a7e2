import type { StepDefinition } from '../definition/saga-step.js';
import { isTransactional } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import type { BranchState } from '../journal/branch-state.js';

/**
 * The known outcome of the earlier attempts of the next act. The journal puts an act in doubt if its owner may have died in
 * it; one that shares a transaction with its entry has no effect then.
 */
export function priorOutcomeOf(
  { priorOutcome }: Pick<BranchState, 'priorOutcome'>,
  step: Pick<StepDefinition, 'transactional'>,
): BranchState['priorOutcome'] {
  if (priorOutcome !== StepOutcome.Unknown || !isTransactional(step, 'act')) return priorOutcome;
  return StepOutcome.Failed;
}
