import type { SagaStarted, SagaStepResult } from '@nest-saga/core';
import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { SagaFrame } from './saga-frame.js';

/** The results of a saga, its identity, and what it waits for. The result of `pipe()` is an ordinary Observable. */
export class SagaStream extends Observable<SagaStepResult> {
  /**
   * The results together with what a client needs beside them: the identity of the saga comes first (`started`), and `waiting` says
   * what it waits for and until when. Starts the saga and ends as the stream itself does.
   */
  readonly frames$: Observable<SagaFrame>;

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
    followFrames: (subscriber: Subscriber<SagaFrame>) => void,
  ) {
    super(follow);
    this.frames$ = new Observable(followFrames);
  }
}
