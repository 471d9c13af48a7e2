import type { SagaDefinition } from '../definition/saga-definition.js';
import { hydrate } from '../context/hydrate.js';
import { RecordedStepError } from '../errors/recorded-step-error.js';
import { SagaFailedError } from '../errors/saga-failed-error.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import { SagaStuckError } from '../errors/saga-stuck-error.js';
import type { SagaState } from '../journal/saga-state.js';

/** The end of a saga, or the state in which it is stuck. */
export interface SagaOutcome<Context = unknown> {
  readonly sagaId: string;
  readonly saga: string;
  readonly status: 'completed' | 'failed' | 'stuck';
  /** The context after the last step. */
  readonly context: Context;
  /** Set if the saga failed, or if it got stuck during the undo. */
  readonly failure: SagaFailure | undefined;
  /** Set if the saga is stuck. */
  readonly stuck: SagaStuck | undefined;
  /**
   * The error of the step that failed: the original error if this process ran the step, otherwise its recorded form. If
   * both sides of a fallback failed, it is the alternative's error, and its `cause` is the primary's error, which
   * replaces its own cause.
   */
  readonly cause: unknown;
  /** Set if a cancel was requested while the pivot ran, and the saga was past it before it could be undone. */
  readonly cancel?: 'too-late';
}

/** The end of a saga, or the state in which it is stuck, without its context. */
export type SagaEnd = Omit<SagaOutcome, 'context' | 'cancel'>;

/** The facts of an end. */
export interface EndedSaga {
  readonly sagaId: string;
  readonly saga: string;
  readonly status: string;
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
  readonly cause?: unknown;
}

/** The end of a saga that ended or is stuck. */
export function toEnd({ sagaId, saga, status, failure, stuck, cause }: EndedSaga): SagaEnd {
  if (status !== 'completed' && status !== 'failed' && status !== 'stuck')
    throw new TypeError(`a ${status} saga has no outcome yet`);
  return { sagaId, saga, status, failure, stuck, cause: cause ?? recordedCause(failure ?? stuck) };
}

/** The outcome of a saga that ended or is stuck. */
export function toOutcome(
  definition: SagaDefinition,
  ended: EndedSaga,
  { context, isCancelLate }: Pick<SagaState, 'context' | 'isCancelLate'>,
): SagaOutcome {
  const outcome = {
    ...toEnd(ended),
    context: hydrate(definition.context, definition.codec.decode(context)),
  };
  return isCancelLate ? { ...outcome, cancel: 'too-late' } : outcome;
}

/** The error with which a stream ends, or undefined for a completed saga. */
export function toOutcomeError(outcome: SagaEnd): SagaFailedError | SagaStuckError | undefined {
  const { sagaId, saga, failure, stuck, cause } = outcome;
  if (outcome.status === 'stuck' && stuck !== undefined)
    return new SagaStuckError(sagaId, saga, stuck, { cause });
  if (outcome.status === 'failed' && failure !== undefined)
    return new SagaFailedError(sagaId, saga, failure, { cause });
  return undefined;
}

type Described = {
  readonly errorName?: string;
  readonly message: string;
  readonly code?: string;
  readonly cause?: SagaFailure['cause'];
};

function recordedCause(described: Described | undefined): unknown {
  return described === undefined ? undefined : new RecordedStepError(toRecorded(described));
}

function toRecorded({ errorName, message, code, cause }: Described): RecordedStepError['recorded'] {
  return {
    name: errorName ?? 'Error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: toRecorded(cause) }),
  };
}
