import type { SagaReference } from '@nest-saga/core';

/** The part of a log line that names the saga, if the line is about one. */
export function aboutSaga(saga: SagaReference | undefined): string {
  return saga === undefined ? '' : ` about ${saga.saga} ${saga.sagaId}`;
}
