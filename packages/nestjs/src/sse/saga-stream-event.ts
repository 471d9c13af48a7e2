import type { MessageEvent } from '@nestjs/common';
import type { SagaFailure, SagaStarted, SagaStepResult, SagaStuck } from '@nest-saga/core';
import { isSagaError, sagaErrorCode } from '@nest-saga/core/engine';

/** Why a stream ended before its saga did. */
export type InterruptionReason = 'shutdown' | 'slow-client' | 'error';

/**
 * What a client of a saga's stream is told. `started` comes first at each connection. `completed`, `failed` and `stuck` say how the saga ended: nothing comes
 * after them, and the client closes. `interrupted` says that only this stream ended: a client that connects again goes
 * on where it was.
 */
export type SagaStreamEvent =
  | ({ readonly type: 'started' } & SagaStarted)
  | { readonly type: 'step'; readonly result: SagaStepResult }
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly sagaId: string; readonly failure: SagaFailure }
  | { readonly type: 'stuck'; readonly sagaId: string; readonly stuck: SagaStuck }
  | {
      readonly type: 'interrupted';
      readonly reason: InterruptionReason;
      /** The code of the `SagaError`, where it was one. */
      readonly code?: string;
    };

/** The last event of a stream that ended with an error. */
export function toLastEvent(error: unknown): SagaStreamEvent {
  if (isSagaError(error, 'SAGA_FAILED'))
    return { type: 'failed', sagaId: error.sagaId, failure: error.failure };
  if (isSagaError(error, 'SAGA_STUCK')) return { type: 'stuck', sagaId: error.sagaId, stuck: error.stuck };
  if (isSagaError(error, 'SAGA_SHUTTING_DOWN')) return { type: 'interrupted', reason: 'shutdown' };
  // Its message may speak of what is none of the client's business: the code has to do.
  const code = sagaErrorCode(error);
  return { type: 'interrupted', reason: 'error', ...(code === undefined ? {} : { code }) };
}

/** An event as Nest writes it. Only a step's result stands at a place of its own in the journal. */
export function toMessage(
  event: SagaStreamEvent,
  toData: (event: SagaStreamEvent) => string | object,
): MessageEvent {
  const data = toData(event);
  return {
    type: event.type,
    ...(event.type === 'step' ? { id: String(event.result.seq) } : {}),
    // Here, where what cannot be written ends the stream in good order.
    data: typeof data === 'string' ? data : JSON.stringify(data),
  };
}

/** What a client reads where the application does not say it otherwise. */
export function allOf(event: SagaStreamEvent): object {
  if (event.type === 'step') return event.result;
  const { type: _type, ...data } = event;
  return data;
}
