import type { SagaDefinition, Stage } from '../definition/saga-definition.js';
import { branchOf } from '../journal/branch-state.js';
import type { BranchState } from '../journal/branch-state.js';
import type { SagaState } from '../journal/saga-state.js';
import { undoBranch } from '../journal/undo-list.js';
import type { ActAction, CompensateAction } from './action.js';

/** What the journal knows of the earlier attempts of a call. */
export function knownAttempts(state: SagaState, action: ActAction | CompensateAction): BranchState {
  const { branch } = action;
  if (branch !== undefined) return state.branches.find((one) => one.branch === branch.id) ?? branchOf(state);
  if (action.kind === 'act' || state.isUndoingFirst) return branchOf(state);
  return undoBranch(state, action.item.step);
}

/** The stage of a call, or its branch. */
export function stageOf(
  definition: SagaDefinition,
  state: SagaState,
  { branch }: Pick<ActAction, 'branch'>,
): Stage | undefined {
  return branch === undefined ? definition.stages[state.stage] : branch.stage;
}
