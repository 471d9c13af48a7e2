import type { SagaFailure, SagaStatus, SagaStuck } from '@nest-saga/core';
import { EntitySchema } from 'typeorm';
import { SagaLogEntity } from './saga-log.entity.js';

/** A row of `saga_execution`: the header of one saga. For queries of your own: a write is refused. */
export class SagaExecutionEntity {
  declare readonly id: string;
  declare readonly sagaName: string;
  declare readonly sagaVersion: number;
  declare readonly sagaKey: string | null;
  declare readonly status: SagaStatus;
  declare readonly owner: string | null;
  declare readonly nextRunAt: Date | null;
  /** What it waits for without an owner, for example `retry:charge-card`. */
  declare readonly waiting: string | null;
  /** As the saga's codec encoded it, parsed by the driver. */
  declare readonly context: unknown;
  declare readonly failure: SagaFailure | null;
  declare readonly stuck: SagaStuck | null;
  declare readonly metadata: Readonly<Record<string, string>>;
  declare readonly createdAt: Date;
  declare readonly updatedAt: Date;
  /** The journal, where the query asks for the relation. */
  declare readonly entries?: readonly SagaLogEntity[];
}

/** Maps `SagaExecutionEntity` to the table of a schema. */
export function sagaExecutionSchema(schema: string): EntitySchema<SagaExecutionEntity> {
  return new EntitySchema<SagaExecutionEntity>({
    name: SagaExecutionEntity.name,
    target: SagaExecutionEntity,
    tableName: 'saga_execution',
    schema,
    synchronize: false,
    columns: {
      id: { type: 'uuid', primary: true },
      sagaName: { name: 'saga_name', type: 'text' },
      sagaVersion: { name: 'saga_version', type: 'integer' },
      sagaKey: { name: 'saga_key', type: 'text', nullable: true },
      status: { type: 'text' },
      owner: { type: 'text', nullable: true },
      nextRunAt: { name: 'next_run_at', type: 'timestamptz', precision: 3, nullable: true },
      waiting: { type: 'text', nullable: true },
      context: { type: 'json' },
      failure: { type: 'json', nullable: true },
      stuck: { type: 'json', nullable: true },
      metadata: { type: 'json' },
      createdAt: { name: 'created_at', type: 'timestamptz', precision: 3 },
      updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3 },
    },
    relations: {
      entries: { type: 'one-to-many', target: () => SagaLogEntity, inverseSide: 'execution' },
    },
  });
}
