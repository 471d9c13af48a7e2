import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './create-table.js';
import { defaultSchema, tableIn } from './participant-table.js';

/** Options of {@link participantMigrationSql}. */
export interface ParticipantMigrationSqlOptions {
  /** @default 'saga' */
  readonly schema?: string;
}

/**
 * The SQL that creates the table of the barrier, one statement per item: for your own migration, or for a database
 * administrator. It may be repeated.
 *
 * @throws TypeError for a name that no schema may have.
 *
 * @example
 * for (const statement of participantMigrationSql()) await queryRunner.query(statement);
 */
export function participantMigrationSql({
  schema = defaultSchema,
}: ParticipantMigrationSqlOptions = {}): readonly string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
    `CREATE TABLE IF NOT EXISTS ${tableIn(schema)} (
  saga_id uuid NOT NULL,
  step text NOT NULL,
  action text NOT NULL,
  state text NOT NULL,
  reply json,
  at timestamp(3) with time zone NOT NULL DEFAULT now(),
  CONSTRAINT saga_participant_pkey PRIMARY KEY (saga_id, step, action)
)`,
  ];
}

/**
 * A TypeORM migration that creates the table of the barrier, beside your own migrations. It checks the existing table, so
 * it may be repeated.
 *
 * @example
 * export class AddSagaParticipant1767225600000 extends SagaParticipantMigration {}
 */
export abstract class SagaParticipantMigration implements MigrationInterface {
  /** @default 'saga' */
  protected readonly schema: string = defaultSchema;

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, this.schema, participantMigrationSql({ schema: this.schema }));
  }

  /** Drops the table: a repeated command is done again after that, and a late act is let in. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE IF EXISTS ${tableIn(this.schema)}`);
  }
}
