import type { MessageEvent } from '@nestjs/common';
import { SagaFailedError, SagaStuckError, type SagaStepResult } from '@nest-saga/nestjs';
import { catchError, concat, map, of, throwError, type Observable } from 'rxjs';
import { toFailureView, toStuckView } from './order-view.js';

/** Turns step results into server-sent events: one for each result, and a last one that says how the saga ended. */
export function toResultEvents(results$: Observable<SagaStepResult>): Observable<MessageEvent> {
  const steps$ = results$.pipe(map((result) => ({ type: 'step', id: String(result.seq), data: result })));
  return concat(steps$, of({ type: 'completed', data: {} })).pipe(
    catchError((error: unknown) => {
      if (error instanceof SagaFailedError) {
        return of({
          type: 'failed',
          data: { sagaId: error.sagaId, failure: toFailureView(error.failure) },
        });
      }
      if (error instanceof SagaStuckError) {
        return of({ type: 'stuck', data: { sagaId: error.sagaId, stuck: toStuckView(error.stuck) } });
      }
      return throwError(() => error);
    }),
  );
}
