import type { SagaDefinition } from '../definition/saga-definition.js';
import { applyEntry } from '../journal/apply-entry.js';
import { isHalted } from '../journal/apply-branch.js';
import { hasBranches, isOpenBranch } from '../journal/branch-state.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import { isSettling } from '../journal/saga-state.js';
import type { SagaState } from '../journal/saga-state.js';
import { SagaStatus } from '../journal/saga-status.js';
import { undoLayer } from '../journal/undo-list.js';
import { branchesAt } from '../journal/stage-steps.js';

type BranchDraft = Extract<
  EntryDraft,
  {
    readonly kind:
      | 'act-completed'
      | 'act-failed'
      | 'compensation-completed'
      | 'compensation-failed'
      | 'branches-abandoned';
  }
>;

/**
 * The status after an entry about a stage whose branches may run side by side: such an entry alone decides nothing about
 * the end, but the state after it shows what is left. Undefined for any other entry.
 */
export function statusOfBranches(
  definition: SagaDefinition,
  state: SagaState,
  draft: EntryDraft,
  hasEvents: boolean,
): SagaStatus | undefined {
  if (!isOfBranches(definition, state, draft)) return undefined;
  const after = applyEntry(state, draft);
  if (after.direction === 'forward') return forward(definition, after, hasEvents);
  if (isSettling(after)) return SagaStatus.Compensating;
  if (after.undo.length === 0) return hasEvents ? SagaStatus.Compensating : end(after);
  if (draft.kind !== 'compensation-completed' && draft.kind !== 'compensation-failed')
    return SagaStatus.Compensating;
  const { branch, kind } = draft;
  const isStopped = kind === 'compensation-failed' && branch === undefined && draft.next === 'halt';
  // Side by side, the others of the layer go on until all have ended.
  const isAlone = !isUndoneSideBySide(definition, after) || undoLayer(after).length === 1;
  return (isStopped && isAlone) || isHalted(after) ? SagaStatus.Stuck : SagaStatus.Compensating;
}

function forward(definition: SagaDefinition, after: SagaState, hasEvents: boolean): SagaStatus {
  if (hasBranches(after)) {
    const isWaitingForPerson =
      !after.branches.some(isOpenBranch) && after.branches.some(({ end: how }) => how === 'halted');
    return isWaitingForPerson ? SagaStatus.Stuck : SagaStatus.Running;
  }
  return after.stage >= definition.stages.length && !hasEvents ? SagaStatus.Completed : SagaStatus.Running;
}

function end({ givenUp }: SagaState): SagaStatus {
  return givenUp.length === 0 ? SagaStatus.Failed : SagaStatus.Stuck;
}

function isUndoneSideBySide(definition: SagaDefinition, { undo, direction }: SagaState): boolean {
  const stage = undo.at(-1)?.stage;
  return (
    direction === 'backward' && stage !== undefined && branchesAt(definition, stage)?.undo === 'parallel'
  );
}

function isOfBranches(definition: SagaDefinition, state: SagaState, draft: EntryDraft): draft is BranchDraft {
  switch (draft.kind) {
    case 'branches-abandoned':
      return true;
    case 'act-completed':
    case 'act-failed':
      return draft.branch !== undefined;
    case 'compensation-completed':
    case 'compensation-failed':
      return draft.branch !== undefined || isUndoneSideBySide(definition, state) || isSettling(state);
    default:
      return false;
  }
}
