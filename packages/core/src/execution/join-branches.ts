import { checkSize } from '../context/context-codec.js';
import type { Json } from '../context/context-codec.js';
import { differenceOf } from '../context/difference.js';
import { hydrate } from '../context/hydrate.js';
import type { BranchesStage, SagaDefinition } from '../definition/saga-definition.js';
import { StepOutcome } from '../definition/step-run.js';
import { BranchChangedContextError } from '../errors/branch-changed-context-error.js';
import { isThenable } from '../identity/thrown.js';
import { recordError } from '../errors/recorded-error.js';
import type { ActCompleted, ActFailed, StepEntryDraft } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { branchesOf } from '../journal/stage-branches.js';
import { branchesAt } from '../journal/stage-steps.js';
import { callWith } from './begin-wait.js';
import type { FailedFunction } from './begin-wait.js';
import type { FinishedAttempt } from './decide-entry.js';

/**
 * The attempt of a branch, failed if it changed the context: attempts that run side by side see one context, and a
 * change by one of them would be lost. An error thrown here means that the saga's record cannot be used.
 */
export function withoutChange(
  definition: SagaDefinition,
  sagaId: string,
  state: SagaState,
  attempt: FinishedAttempt,
): FinishedAttempt {
  const { action, outcome } = attempt;
  if (outcome.kind !== 'completed' || outcome.context === state.context) return attempt;
  const { codec, context } = definition;
  const read = (json: Json): unknown => hydrate(context, codec.decode(json, { sagaId }));
  const path = differenceOf(read(state.context), read(outcome.context), 'context');
  if (path === undefined) return attempt;
  const step = action.kind === 'act' ? action.step.id : action.item.step;
  const error = new BranchChangedContextError(sagaId, step, path);
  const { response } = outcome;
  return {
    ...attempt,
    outcome: {
      kind: 'failed',
      error,
      outcome: action.kind === 'act' ? StepOutcome.Completed : StepOutcome.Failed,
      response,
      isBreakerOpen: false,
    },
  };
}

/**
 * The entry of a branch, with what `join` made of the context if it is the last branch of its stage. If `join` throws,
 * the stage fails: the act of this branch has its effect, and is undone with the others.
 */
export function withJoin(
  definition: SagaDefinition,
  sagaId: string,
  state: SagaState,
  draft: StepEntryDraft,
): StepEntryDraft {
  const stage = branchesAt(definition, state.stage);
  if (draft.kind !== 'act-completed' || stage === undefined || !isLast(definition, state, draft))
    return draft;
  const joined = join(definition, stage, sagaId, state, draft);
  if ('context' in joined) return joined.context === state.context ? draft : { ...draft, ...joined };
  const { kind: _, events: __, ...attempted } = draft;
  // After the point of no return nothing is undone: a person repairs it.
  const next = state.isPastPivot ? 'halt' : 'compensate';
  const undo = !state.isPastPivot;
  return {
    ...attempted,
    kind: 'act-failed',
    error: recordError(joined.thrown),
    outcome: StepOutcome.Completed,
    next,
    undo,
  };
}

/** The entry that joins the branches after a person recorded that the last one was done. */
export function joinedByHand(
  definition: SagaDefinition,
  stage: BranchesStage,
  sagaId: string,
  state: SagaState,
  now: number,
): ActCompleted | ActFailed {
  const at = new Date(now);
  const base = { step: stage.id, attempt: 1, startedAt: at, finishedAt: at };
  const joined = join(definition, stage, sagaId, state, undefined);
  if ('context' in joined)
    return { ...base, kind: 'act-completed', ...(joined.context === state.context ? {} : joined) };
  const error = recordError(joined.thrown);
  return { ...base, kind: 'act-failed', error, outcome: StepOutcome.Failed, next: 'compensate', undo: false };
}

/** Whether every other branch has completed, so that this entry completes the stage. A cancelled one is not joined. */
export function isLast(definition: SagaDefinition, state: SagaState, { branch }: ActCompleted): boolean {
  if (branch === undefined || state.direction === 'backward' || state.cancel !== undefined) return false;
  return branchesOf(definition, state).every((one) => one.id === branch || one.state.end === 'completed');
}

function join(
  definition: SagaDefinition,
  stage: BranchesStage,
  sagaId: string,
  state: SagaState,
  last: Pick<ActCompleted, 'branch' | 'response'> | undefined,
): { readonly context: Json } | FailedFunction {
  const { join: put } = stage;
  if (put === undefined) return { context: state.context };
  const { codec } = definition;
  return callWith(definition, state.context, (copy) => {
    const results = branchesOf(definition, state).map(({ id, state: { response } }) => {
      const json = id === last?.branch ? last.response : response;
      return json === undefined ? undefined : codec.decode(json, { sagaId });
    });
    const given = put(copy, results);
    if (isThenable(given)) throw new TypeError(`join() of "${stage.id}" has to be synchronous.`);
    const json = codec.encode(given ?? copy, 'context', { sagaId });
    checkSize(json, 'context');
    return { context: json };
  });
}
