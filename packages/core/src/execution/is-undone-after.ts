import type { CompensateOn } from '../options/step-policies.js';
import type { StepOutcome } from '../definition/step-run.js';

/** The outcomes of an act, over all its attempts, after which it is undone. */
const undone: Readonly<Record<CompensateOn, readonly StepOutcome[]>> = {
  completed: ['completed'],
  'in-doubt': ['completed', 'unknown'],
  attempted: ['completed', 'unknown', 'failed'],
};

/** Whether a step is undone after this outcome of its act; undefined for an act that never began. */
export function isUndoneAfter(compensateOn: CompensateOn, outcome: StepOutcome | undefined): boolean {
  return outcome !== undefined && undone[compensateOn].includes(outcome);
}
