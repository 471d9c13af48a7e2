import { SagaError } from '@nest-saga/core';

/** The data source maps the saga entities to names that do not exist in the saga tables. */
export class SagaEntityMappingError extends SagaError {
  readonly code = 'SAGA_ENTITY_MAPPING';

  constructor(
    /** The entity, for example `SagaExecutionEntity`. */
    readonly entity: string,
    /** Its mapping, for example `the table "app_saga_execution"`. */
    readonly mapped: string,
    /** The name in the database. */
    readonly expected: string,
  ) {
    super(
      `The data source maps ${entity} to ${mapped}, and in the database that is "${expected}": the names of the saga ` +
        "tables are fixed, whatever the data source's entityPrefix and namingStrategy say. Let the naming strategy " +
        'leave them as they are, or list sagaEntities() in a data source of their own, without a prefix.',
    );
  }
}
