import { Logger } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { isObject } from '@nest-saga/core/storage-kit';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { checkStorageOptions } from './storage-option-table.js';
import { TypeOrmSagaStorage } from './typeorm-saga-storage.js';
import type { TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';

/** A storage that still needs the application's data source: `SagaModule` finds it and makes the storage. */
export interface TypeOrmSagaStorageFactory {
  readonly kind: 'saga-storage-factory';
  /** The token of the data source, as `TypeOrmModule` provides it. */
  readonly inject: readonly [ReturnType<typeof getDataSourceToken>];
  /** The problems of the options, which `SagaModule` reports together with all other problems. */
  readonly optionProblems: readonly SagaDefinitionProblem[];
  create(dataSource: DataSource): TypeOrmSagaStorage;
}

/** Options of {@link typeOrmSagaStorage}. */
export interface TypeOrmSagaStorageFactoryOptions extends Omit<TypeOrmSagaStorageOptions, 'dataSource'> {
  /** The name of the data source in `TypeOrmModule.forRoot({ name })`. @default the one without a name */
  readonly dataSource?: string;
}

/**
 * The PostgreSQL storage for `SagaModule`, which writes to Nest's log. With a `DataSource` it is the storage itself; without one, or with a name,
 * the application's own is used.
 *
 * @throws InvalidArgumentError for a schema name that is not one.
 *
 * @example
 * SagaModule.forRoot({ storage: typeOrmSagaStorage({ schema: 'saga' }) });
 *
 * @example
 * SagaModule.forRootAsync({
 *   inject: [getDataSourceToken()],
 *   useFactory: (dataSource: DataSource) => ({ storage: typeOrmSagaStorage({ dataSource }) }),
 * });
 */
export function typeOrmSagaStorage(options: TypeOrmSagaStorageOptions): TypeOrmSagaStorage;
export function typeOrmSagaStorage(options?: TypeOrmSagaStorageFactoryOptions): TypeOrmSagaStorageFactory;
export function typeOrmSagaStorage(
  options: TypeOrmSagaStorageOptions | TypeOrmSagaStorageFactoryOptions = {},
): TypeOrmSagaStorage | TypeOrmSagaStorageFactory {
  const { dataSource, ...given } = isObject(options) ? options : {};
  const rest = { logger: new Logger('Saga'), ...given };
  if (isObject(dataSource)) return new TypeOrmSagaStorage({ ...rest, dataSource });
  return {
    kind: 'saga-storage-factory',
    inject: [getDataSourceToken(typeof dataSource === 'string' ? dataSource : undefined)],
    optionProblems: checkStorageOptions(options),
    create: (resolved) => new TypeOrmSagaStorage({ ...rest, dataSource: resolved }),
  };
}
