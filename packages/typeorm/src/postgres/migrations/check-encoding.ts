import { SagaEncodingError } from '../../errors/saga-encoding-error.js';
import type { RunSql } from './run-sql.js';

/** The encoding of the database, in SQL. */
export const encodingSql = "current_setting('server_encoding')";

/**
 * Checks that the database can hold every text.
 *
 * @throws SagaEncodingError
 */
export async function checkEncoding(run: RunSql): Promise<void> {
  const [row] = await run(`SELECT ${encodingSql} AS encoding`);
  requireUtf8(row?.['encoding']);
}

/** @throws SagaEncodingError where the encoding is another one. */
export function requireUtf8(encoding: unknown): void {
  if (encoding !== 'UTF8') throw new SagaEncodingError(String(encoding));
}
