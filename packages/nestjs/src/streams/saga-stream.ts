import type { SagaStarted, SagaStepResult } from '@nest-saga/core';
import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';

/** The results of a saga, and its identity. The result of `pipe()` is an ordinary Observable. */
export class SagaStream extends Observable<SagaStepResult> {
  constructor(
    follow: (subscriber: Subscriber<SagaStepResult>) => void,
    /**
     * Resolves with the identity of the saga as soon as it is durable, before a step has ended. For a `stream()` it
     * starts the saga or attaches to it, as subscribing does, and rejects as `start()` does, so that the response can
     * still have a status for the error. For a `watch()` it rejects with `SagaNotFoundError` if no saga has that id.
     *
     * @throws SagaShuttingDownError, SagaNotRegisteredError
     */
    readonly started: () => Promise<SagaStarted>,
  ) {
    super(follow);
  }
}
