import { InvalidArgumentError } from '@nest-saga/core';
import { defaultSchema } from '../schema-name.js';
import { tablesOf } from '../tables.js';
import { allMigrations, schemaVersion } from './all-migrations.js';
import type { Migration } from './migration.js';

/** Options of {@link sagaMigrationSql}. */
export interface SagaMigrationSqlOptions {
  /** @default 'saga' */
  readonly schema?: string;
  /** The version of the existing tables. @default 0 (none) */
  readonly from?: number;
  /** The version to reach. @default the one that this package needs */
  readonly to?: number;
}

/**
 * The SQL that migrates the saga tables from one version to another, one statement per item: for the application's own
 * migration, or for a database administrator. Run all of it in one transaction.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * for (const statement of sagaMigrationSql({ schema: 'saga' })) await queryRunner.query(statement);
 */
export function sagaMigrationSql(options: SagaMigrationSqlOptions = {}): readonly string[] {
  const { schema = defaultSchema, from = 0, to = schemaVersion } = options;
  const tables = tablesOf(schema);
  checkVersion('from', from);
  checkVersion('to', to);
  // The table of versions may exist and be empty, which is all that `to: 0` creates.
  const preparation =
    from === 0
      ? [
          `CREATE SCHEMA IF NOT EXISTS ${tables.schema}`,
          `CREATE TABLE IF NOT EXISTS ${tables.migration} (
  version integer NOT NULL,
  name text NOT NULL,
  applied_at timestamp(3) with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT saga_migration_pkey PRIMARY KEY (version)
)`,
        ]
      : [];
  const steps = allMigrations
    .filter(({ version }) => version > from && version <= to)
    .flatMap((migration) => [...migration.up(tables), recordOf(tables.migration, migration)]);
  return [...preparation, ...steps];
}

function recordOf(table: string, { version, name }: Migration): string {
  return `INSERT INTO ${table} (version, name) VALUES (${version}, '${name}')`;
}

function checkVersion(option: string, version: number): void {
  if (!Number.isInteger(version) || version < 0 || version > schemaVersion)
    throw new InvalidArgumentError(option, `pass a version from 0 to ${schemaVersion}`);
}
