import type { SagaDefinition } from '../definition/saga-definition.js';
import { StepOutcome } from '../definition/step-run.js';
import { recordError } from '../errors/recorded-error.js';
import { SagaStuckReason } from '../errors/saga-failure.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import { isError, isSagaError } from '../identity/thrown.js';
import type { MarkedStuck, StepEntryDraft } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { branchFields } from '../journal/stage-branches.js';
import { decideEntry } from './decide-entry.js';
import type { FinishedAttempt } from './decide-entry.js';
import { StopRun } from './stop-run.js';

/**
 * The storage's final refusal, because of which a run stopped.
 *
 * @throws the error itself, if it is another one.
 */
export function refusalIn(error: unknown): SagaStorageError {
  const cause = error instanceof StopRun ? error.cause : undefined;
  if (isSagaError(cause, 'SAGA_STORAGE_FAILED') && cause.outcome === 'refused') return cause;
  throw error;
}

/**
 * The entry that replaces one that the storage refuses because of its values: the same without the values. The attempt
 * ended in the same way, whether its result can be stored or not: an act that returned has had its effect, so it is
 * undone, and a step that was undone stays undone. Pure.
 */
export function entryWithoutValues(
  definition: SagaDefinition,
  state: SagaState,
  attempt: FinishedAttempt,
  refusal: SagaStorageError,
): StepEntryDraft {
  const draft = decideEntry(definition, state, hasActed(attempt) ? asNotStorable(attempt, refusal) : attempt);
  if (draft.kind === 'act-completed') return draft;
  if (draft.kind === 'compensation-completed') {
    const { kind, step, attempt: number, startedAt, finishedAt } = draft;
    return { kind, step, attempt: number, startedAt, finishedAt };
  }
  const error = recordError(refusal);
  if (draft.kind === 'compensation-failed') return { ...draft, error };
  const { response: _, ...others } = draft;
  return { ...others, error };
}

/** Whether an act returned, so that its effect is there. */
export function hasActed({ action, outcome }: FinishedAttempt): boolean {
  return action.kind === 'act' && outcome.kind === 'completed';
}

/**
 * The entry for a saga whose last attempt cannot be recorded in any form: the journal has nothing about the attempt.
 */
export function stuckOfRefusal(
  definition: SagaDefinition,
  state: SagaState,
  { action }: FinishedAttempt,
  { cause }: SagaStorageError,
): MarkedStuck {
  const step = action.kind === 'act' ? action.step.id : action.item.step;
  const call = action.kind === 'act' ? 'act' : 'compensation';
  const why = isError(cause) ? ` (${recordError(cause).message})` : '';
  return {
    kind: 'stuck',
    reason: SagaStuckReason.EntryRefused,
    step,
    ...branchFields(definition, state, action),
    message: `the ${call} of the step was called, and the storage refuses to record how it ended${why}`,
  };
}

function asNotStorable(attempt: FinishedAttempt, error: SagaStorageError): FinishedAttempt {
  const outcome = StepOutcome.Completed;
  return {
    ...attempt,
    outcome: { kind: 'failed', error, outcome, response: undefined, isBreakerOpen: false },
  };
}
