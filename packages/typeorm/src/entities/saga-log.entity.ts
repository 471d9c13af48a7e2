import type { JournalEntry, RecordedError, SagaStatus } from '@nest-saga/core';
import { EntitySchema } from 'typeorm';
import type { Relation } from 'typeorm';
import type { SagaExecutionEntity } from './saga-execution.entity.js';

/** A row of `saga_log`: one entry of a saga's journal. For queries of your own: a write is refused. */
export class SagaLogEntity {
  declare readonly sagaId: string;
  declare readonly seq: number;
  declare readonly kind: JournalEntry['kind'];
  /** What the saga's status became with this entry, where it changed. */
  declare readonly status: SagaStatus | null;
  declare readonly step: string | null;
  declare readonly attempt: number | null;
  declare readonly worker: string | null;
  /** As the saga's codec encoded it, parsed by the driver. */
  declare readonly context: unknown;
  declare readonly response: unknown;
  declare readonly error: RecordedError | null;
  declare readonly events: readonly unknown[] | null;
  /** What only some kinds of entries have: decisions, reasons, names of people. */
  declare readonly detail: Readonly<Record<string, unknown>> | null;
  declare readonly startedAt: Date | null;
  declare readonly finishedAt: Date | null;
  declare readonly recordedAt: Date;
  /** The header, where the query asks for the relation. */
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
