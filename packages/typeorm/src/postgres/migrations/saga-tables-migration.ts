import type { MigrationInterface, QueryRunner } from 'typeorm';
import { defaultSchema } from '../schema-name.js';
import { tablesOf } from '../tables.js';
import { schemaVersion } from './all-migrations.js';
import { applyMigrations } from './apply-migrations.js';

/**
 * A TypeORM migration that updates the saga tables, beside the application's own migrations. It checks the existing
 * tables, so it can be repeated for each new version of this package.
 *
 * @example
 * export class AddSagaTables1767225600000 extends SagaTablesMigration {}
 */
export abstract class SagaTablesMigration implements MigrationInterface {
  /** @default 'saga' */
  protected readonly schema: string = defaultSchema;
  /** @default the version that this package needs */
  protected readonly toVersion: number = schemaVersion;

  async up(queryRunner: QueryRunner): Promise<void> {
    await applyMigrations(
      async (text, values = []) => (await queryRunner.query(text, [...values])) as Rows,
      this.schema,
      this.toVersion,
    );
  }

  /** Drops the tables, and with them all sagas. */
  async down(queryRunner: QueryRunner): Promise<void> {
    const { execution, log, worker, inbox, outbox, subscriber, audit, migration } = tablesOf(this.schema);
    const tables = [execution, log, worker, inbox, outbox, subscriber, audit, migration];
    await queryRunner.query(`DROP TABLE IF EXISTS ${tables.join(', ')}`);
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[];
