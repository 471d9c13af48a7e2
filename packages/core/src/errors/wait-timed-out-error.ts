import { SagaError } from './saga-error.js';

/** No awaited signal or decision came within `timeoutMs`, so the saga is undone. */
export class WaitTimedOutError extends SagaError {
  readonly code = 'SAGA_WAIT_TIMED_OUT';

  constructor(
    readonly sagaId: string,
    /** The id of the wait. */
    readonly step: string,
    readonly timeoutMs: number,
  ) {
    super(
      `Nothing came to the wait "${step}" of saga ${sagaId} within ${timeoutMs} ms, so the saga is undone.`,
    );
  }
}
