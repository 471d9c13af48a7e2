import { SagaEncodingError } from '../../errors/saga-encoding-error.js';
import type { RunSql } from './run-sql.js';

/** The encoding of the database, in SQL. */
export const encodingSql = "current_setting('server_encoding')";

/**
 * Checks that the database can store all texts.
 *
 * @throws SagaEncodingError
 */
export async function checkEncoding(run: RunSql): Promise<void> {
  const [row] = await run(`SELECT ${encodingSql} AS encoding`);
  requireUtf8(row?.['encoding']);
}

/** @throws SagaEncodingError if it is another encoding. */
export function requireUtf8(encoding: unknown): void {
  if (encoding !== 'UTF8') throw new SagaEncodingError(String(encoding));
}
