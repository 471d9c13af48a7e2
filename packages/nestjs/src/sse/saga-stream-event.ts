import type { MessageEvent } from '@nestjs/common';
import type { SagaFailure, SagaStuck } from '@nest-saga/core';
import { isSagaError, sagaErrorCode } from '@nest-saga/core/engine';
import type { SagaFrame } from '../streams/saga-frame.js';

/** The reason why a stream ended before its saga. */
export type InterruptionReason = 'shutdown' | 'slow-client' | 'error';

/**
 * The events of a stream for a client. `started` comes first on each connection; `waiting` says what the saga waits for, when that
 * begins and on each connection meanwhile. `completed`, `failed` and `stuck` are
 * the end of the saga: no event follows, and the client closes. `interrupted` is only the end of this stream: a client
 * that connects again continues after the last event that it got.
 */
export type SagaStreamEvent =
  | SagaFrame
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly sagaId: string; readonly failure: SagaFailure }
  | { readonly type: 'stuck'; readonly sagaId: string; readonly stuck: SagaStuck }
  | {
      readonly type: 'interrupted';
      readonly reason: InterruptionReason;
      /** The code of the error, if it was a `SagaError`. */
      readonly code?: string;
    };

/** The last event of a stream that ended with an error. */
export function toLastEvent(error: unknown): SagaStreamEvent {
  if (isSagaError(error, 'SAGA_FAILED'))
    return { type: 'failed', sagaId: error.sagaId, failure: error.failure };
  if (isSagaError(error, 'SAGA_STUCK')) return { type: 'stuck', sagaId: error.sagaId, stuck: error.stuck };
  if (isSagaError(error, 'SAGA_SHUTTING_DOWN')) return { type: 'interrupted', reason: 'shutdown' };
  // The message may contain details that are not for the client, so it only gets the code.
  const code = sagaErrorCode(error);
  return { type: 'interrupted', reason: 'error', ...(code === undefined ? {} : { code }) };
}

/** An event as Nest writes it. Only the result of a step has its own `seq` in the journal. */
export function toMessage(
  event: SagaStreamEvent,
  toData: (event: SagaStreamEvent) => string | object,
): MessageEvent {
  const data = toData(event);
  return {
    type: event.type,
    ...(event.type === 'step' ? { id: String(event.result.seq) } : {}),
    // Encoded here, so that a value that cannot be encoded ends the stream in an orderly way.
    data: typeof data === 'string' ? data : JSON.stringify(data),
  };
}

/** The data for the client, unless the application sets `toData`. */
export function allOf(event: SagaStreamEvent): object {
  if (event.type === 'step') return event.result;
  const { type: _type, ...data } = event;
  return data;
}
