/** One parametrised SQL statement. */
export interface Statement {
  /**
   * Short and unique in this package: part of the name under which it is prepared. Undefined: it is planned each time.
   */
  readonly name: string | undefined;
  readonly text: string;
}

/** A row as PostgreSQL sent it: all values are text, whatever type parsers the application has set. */
export type Row = Readonly<Record<string, string | null>>;

/** Runs statements, each of which is its own transaction. */
export interface StatementRunner {
  /** @throws SagaStorageError */
  run(operation: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * A column that cannot be null.
 *
 * @throws TypeError if it is null: the statement and its reader do not match.
 */
export function required(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) throw new TypeError(`The column "${column}" has no value.`);
  return value;
}
