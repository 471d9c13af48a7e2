import { SagaError } from './saga-error.js';

/** The step's circuit breaker is open: the step was not called. */
export class CircuitOpenError extends SagaError {
  readonly code = 'SAGA_CIRCUIT_OPEN';

  constructor(
    readonly step: string,
    options?: ErrorOptions,
  ) {
    super(`The circuit breaker of step "${step}" is open, so the step was not called.`, options);
  }
}
