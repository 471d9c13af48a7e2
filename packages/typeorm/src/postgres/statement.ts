/** One parametrised SQL statement. */
export interface Statement {
  /** Short and unique in this package: part of the name it is prepared under. Undefined: it is planned each time. */
  readonly name: string | undefined;
  readonly text: string;
}

/** A row as PostgreSQL sent it: every value is text, whatever type parsers the application has set. */
export type Row = Readonly<Record<string, string | null>>;

/** Runs statements, each a transaction of its own. */
export interface StatementRunner {
  /** @throws SagaStorageError */
  run(operation: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * A column that cannot be null.
 *
 * @throws TypeError where it is: the statement and its reader do not fit each other.
 */
export function required(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) throw new TypeError(`The column "${column}" has no value.`);
  return value;
}
