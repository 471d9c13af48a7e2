import { SagaError } from './saga-error.js';

/** A choice of a saga could not be made: its function threw, or no case has the name that it returned. */
export class SagaChoiceError extends SagaError {
  readonly code = 'SAGA_CHOICE_FAILED';

  constructor(
    /** The name of the saga. */
    readonly saga: string,
    /** The id of the choice. */
    readonly choice: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`The choice "${choice}" of saga "${saga}" failed: ${problem}.`, options);
  }
}
