import type { SagaWait } from '../journal/saga-wait.js';
import type { SagaStepResult } from '../journal/step-result.js';
import type { SagaEnd } from './saga-outcome.js';
import type { SagaStarted } from './saga-started.js';

/** Notified of the results of a saga's steps. */
export interface ResultObserver {
  onResult(result: SagaStepResult): void;
  /** Called last, when the saga has ended or is stuck. */
  onEnd(end: SagaEnd): void;
  /** Called last, if the saga cannot be watched (any more). */
  onError(error: unknown): void;
}

/** Also notified of what a client needs beside the results. */
export interface FrameObserver extends ResultObserver {
  /** Called first, with the identity of the saga. */
  onStarted(started: SagaStarted): void;
  /** Called when the saga begins to wait, and at the beginning of a watch if it waits then. */
  onWaiting(wait: SagaWait): void;
}
