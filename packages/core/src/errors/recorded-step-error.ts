import type { RecordedError } from './recorded-error.js';
import { SagaError } from './saga-error.js';

/** A step's error from the journal, if the original was thrown by another process or before a restart. */
export class RecordedStepError extends SagaError {
  readonly code: string;

  constructor(readonly recorded: RecordedError) {
    super(recorded.message, causeOf(recorded));
    this.name = recorded.name;
    this.code = recorded.code ?? 'SAGA_STEP_ERROR';
  }
}

function causeOf({ cause }: RecordedError): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause: new RecordedStepError(cause) };
}
