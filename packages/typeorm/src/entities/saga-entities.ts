import type { EntitySchema } from 'typeorm';
import { checkSchemaName, defaultSchema } from '../postgres/schema-name.js';
import { sagaExecutionSchema, sagaLogSchema } from './saga.entities.js';
import { sagaWorkerSchema } from './saga-worker.entity.js';

/**
 * The three tables as TypeORM entities, for the application's own queries: list them in a data source, or pass them to
 * `TypeOrmModule.forFeature()`, and use the repositories of `SagaExecutionEntity`, `SagaLogEntity` or
 * `SagaWorkerEntity`. The engine works without this, and so does `SagaRepositoriesModule`. TypeORM's schema
 * synchronisation leaves the tables alone; its `dropSchema` drops them. Writes through the storage's data source are
 * refused with `SagaReadOnlyError`.
 *
 * @throws InvalidArgumentError for an invalid schema name.
 *
 * @example
 * TypeOrmModule.forFeature(sagaEntities({ schema: 'saga' }));
 */
export function sagaEntities(options: { readonly schema?: string } = {}): EntitySchema[] {
  const schema = checkSchemaName(options.schema ?? defaultSchema);
  return [sagaExecutionSchema(schema), sagaLogSchema(schema), sagaWorkerSchema(schema)];
}
