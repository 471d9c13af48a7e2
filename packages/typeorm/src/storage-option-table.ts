import { checkTable, defaultsOf, flag, objectWith, oneOf, option, time } from '@nest-saga/core/storage-kit';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { defaultSchema, isSchemaName, schemaNames } from './postgres/schema-name.js';

/** The part of a logger that the storage uses; Nest's `Logger` fits. */
export interface SagaStorageLogger {
  warn(message: string): void;
}

/** The options of the storage, without its data source. */
export const storageExtras = {
  /** The schema of the saga tables. @default 'saga' */
  schema: option<string, { readonly default: string }>(schemaNames, isSchemaName, {
    default: defaultSchema,
  }),
  /**
   * What a start does about the tables: `'auto'` brings them up to date, `'check'` refuses ones that do not fit, `'off'`
   * looks away.
   *
   * @default 'auto', and 'check' if NODE_ENV is "production"
   */
  migrations: oneOf(['auto', 'check', 'off']),
  /**
   * Whether processes wake each other up with LISTEN and NOTIFY, on a connection of its own. Turn it off behind a
   * pooler in transaction mode: polling alone suffices.
   *
   * @default true
   */
  hints: flag({ default: true }),
  /**
   * Whether statements are prepared once for each connection. A pooler that does not support it is noticed.
   *
   * @default true
   */
  prepareStatements: flag({ default: true }),
  /** How long a write or a read waits for a connection of the pool, in milliseconds. @default 5_000 */
  acquireTimeoutMs: time({ default: 5_000, minimum: 1 }),
  /** How long a statement may take before its connection is broken off, in milliseconds. @default 10_000 */
  statementTimeoutMs: time({ default: 10_000, minimum: 1 }),
  /**
   * Gets the warnings that belong to no caller.
   *
   * @default one that says nothing; from `typeOrmSagaStorage()` Nest's
   */
  logger: objectWith<SagaStorageLogger>('a logger', 'warn'),
};

const dataSource = option(
  'a DataSource, or the name of one',
  (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
);
const table = { dataSource, ...storageExtras };
const repositoriesTable = { dataSource, schema: storageExtras.schema };

/** The documented defaults of the storage. */
export const storageDefaults = defaultsOf(storageExtras);

/** The problems of the options of the storage. */
export function checkStorageOptions(options: unknown): readonly SagaDefinitionProblem[] {
  return checkTable({ where: 'typeOrmSagaStorage()', path: '' }, options, table);
}

/** The problems of the options of the repositories' module. */
export function checkRepositoriesOptions(options: unknown): readonly SagaDefinitionProblem[] {
  return checkTable({ where: 'SagaRepositoriesModule.forRoot()', path: '' }, options, repositoriesTable);
}
