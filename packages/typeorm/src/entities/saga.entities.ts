import type { JournalEntry, RecordedError, SagaFailure, SagaStatus, SagaStuck } from '@nest-saga/core';
import { EntitySchema } from 'typeorm';
import type { Relation } from 'typeorm';

/** A row of `saga_execution`: the header of one saga. For the application's own queries: writes are refused. */
export class SagaExecutionEntity {
  declare readonly id: string;
  declare readonly sagaName: string;
  declare readonly sagaVersion: number;
  declare readonly sagaKey: string | null;
  declare readonly status: SagaStatus;
  declare readonly owner: string | null;
  declare readonly nextRunAt: Date | null;
  declare readonly deadlineAt: Date | null;
  /** When its last wait was over. */
  declare readonly resumedAt: Date | null;
  /** The reason of its wait without an owner, for example `retry:charge-card`. */
  declare readonly waiting: string | null;
  /** The execution that started it and awaits its end; null for a saga that was started by a caller. */
  declare readonly parentId: string | null;
  /** The execution that it undoes; null unless it is a reversal. */
  declare readonly reverses: string | null;
  /** The decisions made at the start; null unless the first stage is under a condition. */
  declare readonly path: Readonly<Record<string, unknown>> | null;
  declare readonly tags: readonly string[] | null;
  /**
   * The context of the start as encoded by the saga's codec, and parsed by the driver; later contexts are in the
   * entries.
   */
  declare readonly context: unknown;
  declare readonly failure: SagaFailure | null;
  declare readonly stuck: SagaStuck | null;
  declare readonly metadata: Readonly<Record<string, string>>;
  declare readonly createdAt: Date;
  declare readonly updatedAt: Date;
  /** The journal, if the query includes the relation. */
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
      resumedAt: { name: 'resumed_at', type: 'timestamptz', precision: 3, nullable: true },
      deadlineAt: { name: 'deadline_at', type: 'timestamptz', precision: 3, nullable: true },
      waiting: { type: 'text', nullable: true },
      parentId: { name: 'parent_id', type: 'uuid', nullable: true },
      reverses: { type: 'uuid', nullable: true },
      path: { type: 'json', nullable: true },
      tags: { type: 'text', array: true, nullable: true },
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

/** A row of `saga_log`: one entry of a saga's journal. For the application's own queries: writes are refused. */
export class SagaLogEntity {
  declare readonly sagaId: string;
  declare readonly seq: number;
  declare readonly kind: JournalEntry['kind'];
  /** The new status of the saga, if this entry changed it. */
  declare readonly status: SagaStatus | null;
  declare readonly step: string | null;
  declare readonly attempt: number | null;
  declare readonly worker: string | null;
  /** The context as encoded by the saga's codec, and parsed by the driver. */
  declare readonly context: unknown;
  declare readonly response: unknown;
  declare readonly error: RecordedError | null;
  declare readonly events: readonly unknown[] | null;
  /** The properties that only some kinds of entries have: decisions, reasons, names of people. */
  declare readonly detail: Readonly<Record<string, unknown>> | null;
  declare readonly startedAt: Date | null;
  declare readonly finishedAt: Date | null;
  declare readonly recordedAt: Date;
  /** The header, if the query includes the relation. */
  declare readonly execution?: Relation<SagaExecutionEntity>;
}

/** Maps `SagaLogEntity` to the table of a schema. */
export function sagaLogSchema(schema: string): EntitySchema<SagaLogEntity> {
  return new EntitySchema<SagaLogEntity>({
    name: SagaLogEntity.name,
    target: SagaLogEntity,
    tableName: 'saga_log',
    schema,
    synchronize: false,
    columns: {
      sagaId: { name: 'saga_id', type: 'uuid', primary: true },
      seq: { type: 'integer', primary: true },
      kind: { type: 'text' },
      status: { type: 'text', nullable: true },
      step: { type: 'text', nullable: true },
      attempt: { type: 'integer', nullable: true },
      worker: { type: 'text', nullable: true },
      context: { type: 'json', nullable: true },
      response: { type: 'json', nullable: true },
      error: { type: 'json', nullable: true },
      events: { type: 'json', nullable: true },
      detail: { type: 'json', nullable: true },
      startedAt: { name: 'started_at', type: 'timestamptz', precision: 3, nullable: true },
      finishedAt: { name: 'finished_at', type: 'timestamptz', precision: 3, nullable: true },
      recordedAt: { name: 'recorded_at', type: 'timestamptz', precision: 3 },
    },
    relations: {
      execution: {
        type: 'many-to-one',
        target: 'SagaExecutionEntity',
        inverseSide: 'entries',
        joinColumn: { name: 'saga_id', referencedColumnName: 'id' },
        createForeignKeyConstraints: false,
      },
    },
  });
}
