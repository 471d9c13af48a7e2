import { checkTable, flag, objectWith, oneOf, option, time } from '@nest-saga/core';
import type { OptionTableOf, SagaDefinitionProblem } from '@nest-saga/core';
import { isSchemaName, schemaNames } from './database/schema-name.js';
import type { TypeOrmSagaStorageFactoryOptions } from './saga-storage-factory.js';
import type { TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';

const table: OptionTableOf<TypeOrmSagaStorageOptions | TypeOrmSagaStorageFactoryOptions> = {
  dataSource: option(
    'a DataSource, or the name of one',
    (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
  ),
  schema: option(schemaNames, isSchemaName),
  migrations: oneOf('auto', 'check', 'off'),
  hints: flag(),
  prepareStatements: flag(),
  acquireTimeoutMs: time({ minimum: 1 }),
  statementTimeoutMs: time({ minimum: 1 }),
  logger: objectWith('a logger', 'warn'),
};

/** Everything that is wrong with the options of the storage. */
export function checkStorageOptions(options: unknown): readonly SagaDefinitionProblem[] {
  return checkTable({ where: 'typeOrmSagaStorage()', path: '' }, options, table);
}
