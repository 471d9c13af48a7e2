import { SagaError } from './saga-error.js';

/** An attempt of a step took longer than its `timeoutMs`. A result after its grace period is discarded. */
export class StepTimedOutError extends SagaError {
  readonly code = 'SAGA_STEP_TIMED_OUT';

  constructor(
    readonly sagaId: string,
    readonly step: string,
    readonly timeoutMs: number,
  ) {
    super(
      `Step "${step}" of saga ${sagaId} did not end within ${timeoutMs} ms. Its effect may or may not have happened, so ` +
        'the step is undone if the saga fails, unless it has compensateOn: "completed".',
    );
  }
}
