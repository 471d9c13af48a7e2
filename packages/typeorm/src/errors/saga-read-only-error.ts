import { SagaError } from '@nest-saga/core';

/** The application tried to write to the saga tables through TypeORM. Nothing was changed. */
export class SagaReadOnlyError extends SagaError {
  readonly code = 'SAGA_READ_ONLY';

  constructor(
    /** The table of the refused write. */
    readonly table: string,
  ) {
    super(
      `The application cannot write to ${table}: only the saga engine does, each entry in its place, and nothing was ` +
        'changed. Use SagaOrchestrator to start and to cancel sagas, SagaOperator to retry one or to resolve a step, ' +
        "and for deleting what has ended the SQL statement in the package's README.",
    );
  }
}
