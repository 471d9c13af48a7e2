import { isError, isSagaError } from '@nest-saga/core/storage-kit';
import pg from 'pg';
import type { PostgresClient } from '../postgres/postgres-client.js';
import { sagaMigrationSql } from '../postgres/migrations/migration-sql.js';
import { Migrator } from '../postgres/migrations/migrator.js';
import type { SchemaStatus } from '../postgres/migrations/migrator.js';
import { parseCommandLine, usage, UsageError } from './command-line.js';
import type { CommandLine } from './command-line.js';

/** The outputs of a command. */
export interface CommandOutput {
  out(line: string): void;
  error(line: string): void;
}

/**
 * Runs `nest-saga migrate`, `status` or `sql` and resolves with its exit code: 0 done, 1 failed or not up to date, 2
 * not understood. Never rejects.
 */
export async function runCommand(
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput,
): Promise<0 | 1 | 2> {
  try {
    return await run(parseCommandLine(commandArguments, environment), output);
  } catch (error) {
    output.error(describe(error));
    if (!(error instanceof UsageError)) return 1;
    output.error(`\n${usage}`);
    return 2;
  }
}

async function run(line: CommandLine, output: CommandOutput): Promise<0 | 1> {
  switch (line.command) {
    case 'help':
      output.out(usage);
      return 0;
    case 'sql':
      output.out(toScript(sagaMigrationSql({ schema: line.schema, from: line.from })));
      return 0;
    case 'status': {
      const status = await migratorOf(line).status();
      output.out(describeStatus(status));
      return status.found === status.needed ? 0 : 1;
    }
    case 'migrate': {
      const migrator = migratorOf(line);
      const before = await migrator.status();
      await migrator.prepare('auto');
      const after = await migrator.status();
      output.out(
        before.found === after.found
          ? `Nothing to do. ${describeStatus(after)}`
          : `Migrated from version ${before.found}. ${describeStatus(after)}`,
      );
      return 0;
    }
  }
}

function migratorOf({ schema, url }: CommandLine): Migrator {
  if (url === undefined || url === '')
    throw new UsageError('Say which database: set DATABASE_URL, or pass --url.');
  return new Migrator(
    schema,
    () =>
      new pg.Client({
        connectionString: url,
        application_name: 'nest-saga migration',
        connectionTimeoutMillis: 10_000,
      }) as unknown as PostgresClient,
  );
}

function toScript(statements: readonly string[]): string {
  return ['BEGIN', ...statements, 'COMMIT'].map((statement) => `${statement};`).join('\n');
}

function describeStatus({ schema, found, needed }: SchemaStatus): string {
  if (found === needed) return `The saga tables in the schema "${schema}" have version ${found}, as needed.`;
  if (found === 0) return `There are no saga tables in the schema "${schema}"; version ${needed} is needed.`;
  return `The saga tables in the schema "${schema}" have version ${found}; version ${needed} is needed.`;
}

function describe(error: unknown): string {
  // The message of the storage is about writes; that of the server is useful here.
  const cause = isSagaError(error, 'SAGA_STORAGE_FAILED') ? error.cause : error;
  return isError(cause) ? cause.message : String(cause);
}
