import type { StatementRunner } from '../statement.js';
import type { Tables } from '../tables.js';
import { SagaSchemaError } from '../../errors/saga-schema-error.js';
import { schemaVersion } from './all-migrations.js';

/**
 * Checks, while an application runs, that its schema is not behind. A newer schema is allowed: during a rolling
 * deployment the processes of the previous version still use it.
 *
 * @throws SagaSchemaError, and SagaStorageError if it cannot be read.
 */
export async function checkSchema(runner: StatementRunner, tables: Tables): Promise<void> {
  const text = `SELECT coalesce(max(version), 0) AS version FROM ${tables.migration}`;
  const [row] = await runner.run('check', { name: undefined, text }, []);
  const found = Number(row?.['version'] ?? 0);
  if (found >= schemaVersion) return;
  throw new SagaSchemaError(found === 0 ? 'missing' : 'older', tables.schemaName, found, schemaVersion);
}
