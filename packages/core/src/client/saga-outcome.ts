import type { SagaDefinition } from '../definition/saga-definition.js';
import { hydrate } from '../context/hydrate.js';
import { RecordedStepError } from '../errors/recorded-step-error.js';
import { SagaFailedError } from '../errors/saga-failed-error.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import { SagaStuckError } from '../errors/saga-stuck-error.js';
import type { Json } from '../context/context-codec.js';

/** How a saga ended, or that it is stuck. */
export interface SagaOutcome<Context = unknown> {
  readonly sagaId: string;
  readonly saga: string;
  readonly status: 'completed' | 'failed' | 'stuck';
  /** The context as the last step left it. */
  readonly context: Context;
  /** Set where it is failed, and where it got stuck while it was undone. */
  readonly failure: SagaFailure | undefined;
  /** Set where it is stuck. */
  readonly stuck: SagaStuck | undefined;
  /**
   * The error of the step that failed: the very one where this process ran it, else as it was recorded. Where both sides
   * of a fallback failed it is the alternative's, and its `cause` is the primary's, in place of one that it brought.
   */
  readonly cause: unknown;
}

/** How a saga ended, or that it is stuck, without its context. */
export type SagaEnd = Omit<SagaOutcome, 'context'>;

/** What an end is made of. */
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
export function toOutcome(definition: SagaDefinition, ended: EndedSaga, context: Json): SagaOutcome {
  return { ...toEnd(ended), context: hydrate(definition.context, definition.codec.decode(context)) };
}

/** The error that a stream ends with, or undefined for a completed saga. */
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
