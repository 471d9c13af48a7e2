import type { SagaReference } from '@nest-saga/core';

/** Which saga a line of the log is about, where it is about one. */
export function aboutSaga(saga: SagaReference | undefined): string {
  return saga === undefined ? '' : ` about ${saga.saga} ${saga.sagaId}`;
}
