import type { SagaDefinition } from '../definition/saga-definition.js';
import { isForward, isStep } from '../definition/saga-step.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaPastPivotError } from '../errors/saga-past-pivot-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import type { RetryRequested, StepResolution, StepResolved } from '../journal/journal-entry.js';
import { mayAct } from '../journal/saga-state.js';
import { branchFields, openBranches } from '../journal/stage-branches.js';
import type { SagaState } from '../journal/saga-state.js';
import { SagaStatus } from '../journal/saga-status.js';
import { currentStep, openSteps } from '../journal/stage-steps.js';
import type { RequestedSaga, SagaRequest } from './saga-request.js';
import { checkFits, saysTheSame } from './saga-request.js';
import { checkText } from './start-options.js';

/** The request that resumes a STUCK saga. */
export function retryRequest(actor: string, note: string | undefined): SagaRequest {
  const name = 'retry';
  const draft: RetryRequested = {
    kind: 'retry-requested',
    actor: checkText('actor', actor, 200),
    ...(note === undefined ? {} : { note: checkText('note', note, 1_000) }),
  };
  return {
    name,
    draft,
    isWanted: (saga) => checkStuck(name, saga),
    isSame: saysTheSame(draft, ['actor', 'note']),
  };
}

/** The request with an operator's statement about a step of a STUCK saga. */
export function resolveRequest(
  step: string,
  actor: string,
  note: string,
  outcome: StepResolution,
): SagaRequest {
  const draft: StepResolved = {
    kind: 'step-resolved',
    actor: checkText('actor', actor, 200),
    note: checkText('note', note, 1_000),
    step: checkText('step', step, 100),
    outcome: checkResolution(outcome),
  };
  return {
    name: resolveStep,
    draft,
    complete: ({ definition, state }) => completed(draft, definition, state),
    isWanted: (saga) => isResolvable(draft, saga),
    isSame: saysTheSame(draft, ['step', 'actor', 'note', 'outcome']),
  };
}

const resolveStep = 'resolveStep';

function isResolvable({ step, outcome }: StepResolved, saga: RequestedSaga): true {
  checkStuck(resolveStep, saga);
  checkFits(resolveStep, saga);
  if (outcome === 'not-done') checkForward(saga);
  const open = openSteps(saga.definition, saga.state);
  if (open.includes(step)) return true;
  const steps = open.map((one) => `"${one}"`).join(', ') || 'no step';
  throw new InvalidArgumentError('step', `the saga stands at ${steps}`);
}

/**
 * A branch is named as such. If a person says that an act is done after which nothing is undone, the saga is past its
 * pivot.
 */
function completed(draft: StepResolved, definition: SagaDefinition, state: SagaState): StepResolved {
  const branch = openBranches(definition, state).find(({ step }) => isStep(step, draft.step));
  if (branch !== undefined && mayAct(state))
    return { ...draft, ...branchFields(definition, state, { branch }) };
  if (draft.outcome !== 'done' || !mayAct(state) || state.isPastPivot) return draft;
  const step = currentStep(definition, state);
  return step !== undefined && isForward(step) ? { ...draft, pivot: true } : draft;
}

function checkStuck(request: string, { sagaId, state }: RequestedSaga): true {
  if (state.status === SagaStatus.Stuck) return true;
  throw new SagaStatusError(
    sagaId,
    request,
    state.status,
    'Only a stuck saga waits for a person; the others go on by themselves',
  );
}

/** Checks that `not-done` is about an act: a compensation can only be reported as done. */
function checkForward({ sagaId, state }: RequestedSaga): void {
  if (state.isPastPivot) throw new SagaPastPivotError(sagaId, resolveStep);
  if (mayAct(state)) return;
  throw new SagaStatusError(
    sagaId,
    resolveStep,
    state.status,
    'It stands at an undo, and "not-done" is a word about an act. Let it be tried again, or undo the step by hand and say "done"',
  );
}

function checkResolution(outcome: unknown): StepResolution {
  if (outcome === 'done' || outcome === 'not-done') return outcome;
  throw new InvalidArgumentError('outcome', 'pass "done" or "not-done"');
}
