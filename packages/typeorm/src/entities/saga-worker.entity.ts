import { EntitySchema } from 'typeorm';

/** A row of `saga_worker`: a process that runs sagas. For the application's own queries: writes are refused. */
export class SagaWorkerEntity {
  declare readonly id: string;
  declare readonly startedAt: Date;
  /** The expiry by the clock of the database; after it the worker counts as dead. */
  declare readonly expiresAt: Date;
}

/** Maps `SagaWorkerEntity` to the table of a schema. */
export function sagaWorkerSchema(schema: string): EntitySchema<SagaWorkerEntity> {
  return new EntitySchema<SagaWorkerEntity>({
    name: SagaWorkerEntity.name,
    target: SagaWorkerEntity,
    tableName: 'saga_worker',
    schema,
    synchronize: false,
    columns: {
      id: { type: 'text', primary: true },
      startedAt: { name: 'started_at', type: 'timestamptz', precision: 3 },
      expiresAt: { name: 'expires_at', type: 'timestamptz' },
    },
  });
}
