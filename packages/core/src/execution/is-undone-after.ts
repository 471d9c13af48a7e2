import type { CompensateOn } from '../options/step-policies.js';
import type { StepOutcome } from '../definition/step-run.js';

/** What is known of an act, all its attempts together, that has to be undone: the less certain, the later in the list. */
const undone: Readonly<Record<CompensateOn, readonly StepOutcome[]>> = {
  completed: ['completed'],
  'in-doubt': ['completed', 'unknown'],
  attempted: ['completed', 'unknown', 'failed'],
};

/** Whether a step is undone of whose act this is known; undefined of one that was never begun. */
export function isUndoneAfter(compensateOn: CompensateOn, outcome: StepOutcome | undefined): boolean {
  return outcome !== undefined && undone[compensateOn].includes(outcome);
}
