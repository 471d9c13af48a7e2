import type { SagaStarted, SagaStepResult } from '@nest-saga/core';
import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';

/** The results of a saga, and which saga that is. What `pipe()` makes of it is an Observable like any other. */
export class SagaStream extends Observable<SagaStepResult> {
  constructor(
    follow: (subscriber: Subscriber<SagaStepResult>) => void,
    /**
     * Which saga this is, as soon as it is durable; no step needs to have ended. Asked of `stream()` it starts the saga, or
     * attaches to it, as subscribing does, and rejects as `start()` does: what is wrong can still be an HTTP status then.
     * Of `watch()` it rejects with `SagaNotFoundError` if there is no such saga.
     *
     * @throws SagaShuttingDownError, SagaNotRegisteredError
     */
    readonly started: () => Promise<SagaStarted>,
  ) {
    super(follow);
  }
}
