import type { SagaOutcome, SagaStarted, SagaStepResult } from '@nest-saga/core';
import type { SagaEnd, SagaReader, StartedSaga } from '@nest-saga/core/engine';
import { SagaShuttingDownError } from '@nest-saga/core';
import { toOutcomeError } from '@nest-saga/core/engine';
import type { Subscriber } from 'rxjs';
import type { LiveWatches } from './live-watches.js';
import type { SagaFrame } from './saga-frame.js';

/** The saga to watch, and the `seq` after which. */
export interface WatchRequest {
  readonly sagaId: string;
  /** Results after this `seq` are emitted. */
  readonly afterSeq: number;
  /** The result of the start, if this process started the saga. */
  readonly started?: StartedSaga;
}

/**
 * Notifies a subscriber of the results of a saga and then of its end: completes if it COMPLETED, and errors if it
 * FAILED or is STUCK. At shutdown it errors, so that an open response ends and no client mistakes that for the end of
 * the saga.
 */
export function watchSaga(
  reader: SagaReader,
  live: LiveWatches,
  { sagaId, afterSeq, started }: WatchRequest,
  subscriber: Subscriber<SagaStepResult>,
): void {
  if (live.isEnded) return subscriber.error(new SagaShuttingDownError('watch'));
  subscriber.add(live.add(() => subscriber.error(new SagaShuttingDownError('watch'))));
  subscriber.add(
    reader.follow(
      sagaId,
      afterSeq,
      {
        onResult: (result) => subscriber.next(result),
        onEnd: (ended) => endWith(ended, subscriber),
        onError: (error) => subscriber.error(error),
      },
      started,
    ),
  );
}

/** As `watchSaga`, and notifies the subscriber of who the saga is and what it waits for. */
export function watchFrames(
  reader: SagaReader,
  live: LiveWatches,
  { sagaId, afterSeq, started }: WatchRequest,
  subscriber: Subscriber<SagaFrame>,
): void {
  if (live.isEnded) return subscriber.error(new SagaShuttingDownError('watch'));
  subscriber.add(live.add(() => subscriber.error(new SagaShuttingDownError('watch'))));
  subscriber.add(
    reader.followFrames(
      sagaId,
      afterSeq,
      {
        onStarted: (identity) => subscriber.next({ type: 'started', ...identity }),
        onWaiting: (wait) => subscriber.next({ type: 'waiting', sagaId, ...wait }),
        onResult: (result) => subscriber.next({ type: 'step', result }),
        onEnd: (ended) => endWith(ended, subscriber),
        onError: (error) => subscriber.error(error),
      },
      started,
    ),
  );
}

/** Resolves with the end of a saga. Rejects if this process shuts down first: the saga continues in another process. */
export function awaitOutcome(
  reader: SagaReader,
  live: LiveWatches,
  sagaId: string,
  started?: StartedSaga,
): Promise<SagaOutcome> {
  return untilShutdown(live, 'outcome', () => reader.outcome(sagaId, started));
}

/** Resolves with the identity of a saga. Rejects if this process shuts down first. */
export function awaitStarted(
  reader: SagaReader,
  live: LiveWatches,
  sagaId: string,
  started?: StartedSaga,
): Promise<SagaStarted> {
  return untilShutdown(live, 'started', () => reader.started(sagaId, started));
}

function untilShutdown<Result>(
  live: LiveWatches,
  request: string,
  read: () => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (live.isEnded) return reject(new SagaShuttingDownError(request));
    const remove = live.add(() => reject(new SagaShuttingDownError(request)));
    read().then(
      (result) => {
        remove();
        resolve(result);
      },
      (error: Error) => {
        remove();
        reject(error);
      },
    );
  });
}

function endWith(ended: SagaEnd, subscriber: Subscriber<unknown>): void {
  const error = toOutcomeError(ended);
  if (error === undefined) subscriber.complete();
  else subscriber.error(error);
}
