import { SagaError } from './saga-error.js';

/** The saga has passed its pivot, after which nothing is undone, so the request came too late. Nothing was changed. */
export class SagaPastPivotError extends SagaError {
  readonly code = 'SAGA_PAST_PIVOT';

  /** @param request The request, for example `cancel`. */
  constructor(
    readonly sagaId: string,
    readonly request: string,
  ) {
    super(
      `Saga ${sagaId} has passed its pivot, so "${request}" was refused: nothing of it is undone any more. ` +
        'Let it end, and start another saga that reverses it.',
    );
  }
}
