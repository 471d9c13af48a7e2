import { SagaError } from '@nest-saga/core';

/** The reason why a schema cannot be used. */
export type SagaSchemaProblem = 'missing' | 'older' | 'newer' | 'forbidden';

/** The saga tables in the database do not match this package. Nothing was changed. */
export class SagaSchemaError extends SagaError {
  readonly code = 'SAGA_SCHEMA_MISMATCH';

  constructor(
    readonly problem: SagaSchemaProblem,
    readonly schema: string,
    /** The version of the schema in the database; 0 if there are no saga tables. */
    readonly found: number,
    /** The version that this package needs. */
    readonly needed: number,
    options?: ErrorOptions,
  ) {
    super(describe(problem, schema, found, needed), options);
  }
}

function describe(problem: SagaSchemaProblem, schema: string, found: number, needed: number): string {
  const remedies =
    `Bring it up to date in one of three ways: let the application do it at start (migrations: 'auto'), ` +
    `run "npx nest-saga migrate --schema ${schema}" as a role that may create tables, ` +
    `or put sagaMigrationSql({ schema: '${schema}' }) into a migration of your own.`;
  switch (problem) {
    case 'missing':
      return `There are no saga tables in the schema "${schema}". ${remedies}`;
    case 'older':
      return `The saga tables in the schema "${schema}" have version ${found}, and this package needs version ${needed}. ${remedies}`;
    case 'newer':
      return (
        `The saga tables in the schema "${schema}" have version ${found}, and this package knows only versions up to ` +
        `${needed}. Install the version of @nest-saga/typeorm that brought them up to date, or a later one.`
      );
    case 'forbidden':
      return (
        `The database role may not bring the saga tables in the schema "${schema}" from version ${found} to version ` +
        `${needed}. ${remedies}`
      );
  }
}
