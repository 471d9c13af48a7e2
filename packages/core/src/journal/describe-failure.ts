import type { RecordedError } from '../errors/recorded-error.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import { SagaFailureReason, SagaStuckReason } from '../errors/saga-failure.js';
import type { ForwardStuckReason, StepResolved } from './journal-entry.js';
import type { Reversal } from './saga-path.js';
import type { SagaCancel } from './saga-state.js';

/** The failure of a saga whose step failed for good. If the journal has a cancel, that is the reason of the failure. */
export function failureOfAct(
  step: string,
  error: RecordedError,
  primaryError: RecordedError | undefined,
  cancel: SagaCancel | undefined,
): SagaFailure {
  if (cancel !== undefined) return { ...failureOfCancel(cancel), step };
  const cause = primaryError ?? error.cause;
  return {
    reason: SagaFailureReason.StepFailed,
    step,
    ...describe(error),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  };
}

/** The failure of a saga at which an operator recorded that a step is not done. */
export function failureOfResolution(
  { step, note }: Pick<StepResolved, 'step' | 'note'>,
  primaryError: RecordedError | undefined,
  cancel: SagaCancel | undefined,
): SagaFailure {
  return failureOfAct(step, { name: 'StepNotDone', message: note }, primaryError, cancel);
}

/** The failure of a saga that was cancelled, or passed its deadline. */
export function failureOfCancel({ reason, isDeadline }: SagaCancel = { reason: 'cancelled' }): SagaFailure {
  return isDeadline === true
    ? { reason: SagaFailureReason.Deadline, errorName: 'DeadlinePassed', message: reason }
    : { reason: SagaFailureReason.Cancelled, errorName: 'Cancelled', message: reason };
}

/** The reason of a saga that undoes another one: it ends FAILED although nothing of it failed. */
export function failureOfReversal({ message }: Pick<Reversal, 'message'>): SagaFailure {
  return { reason: SagaFailureReason.Reversed, errorName: 'Reversed', message };
}

/** The reason why a saga is stuck after a compensation failed for good. */
export function stuckOfCompensation(step: string, error: RecordedError): SagaStuck {
  return stuckAt(SagaStuckReason.CompensationExhausted, step, error);
}

/** The reason why a saga is stuck at a step, or a wait, that can neither be undone nor go on. */
export function stuckOfForward(
  step: string,
  error: RecordedError,
  reason: ForwardStuckReason = SagaStuckReason.ForwardExhausted,
): SagaStuck {
  return stuckAt(reason, step, error);
}

function stuckAt(reason: SagaStuckReason, step: string, error: RecordedError): SagaStuck {
  return {
    reason,
    step,
    ...describe(error),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}

function describe(error: RecordedError): { errorName: string; message: string; code?: string } {
  return {
    errorName: error.name,
    message: error.message,
    ...(error.code === undefined ? {} : { code: error.code }),
  };
}
