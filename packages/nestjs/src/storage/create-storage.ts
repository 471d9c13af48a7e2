import type { InjectionToken } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { InMemorySagaStorage } from '@nest-saga/core';
import type { Clock, SagaStorage } from '@nest-saga/core';
import { SagaStorageMissingError } from '../errors/saga-storage-missing-error.js';
import { isStorageFactory } from './saga-storage-factory.js';
import type { SagaStorageFactory } from './saga-storage-factory.js';

/**
 * The storage of the module's options, made with what it needs of the application; memory where none is given.
 *
 * @throws SagaStorageMissingError where none is given in production, or what it needs is not provided.
 */
export async function createStorage(
  storage: SagaStorage | SagaStorageFactory | undefined,
  moduleRef: ModuleRef,
  clock: Clock,
): Promise<SagaStorage> {
  if (storage === undefined) return inMemory(clock);
  if (!isStorageFactory(storage)) return storage;
  const dependencies = storage.inject.map((token) => resolve(token, moduleRef));
  return storage.create(...(dependencies as never[]));
}

function inMemory(clock: Clock): SagaStorage {
  const remedy =
    'Pass one to SagaModule.forRoot(), for example { storage: typeOrmSagaStorage() } of @nest-saga/typeorm.';
  if (process.env['NODE_ENV'] === 'production') {
    throw new SagaStorageMissingError(
      'No storage is given, and sagas in memory do not survive the process, so they are refused in production ' +
        '(NODE_ENV).',
      `${remedy} To use memory all the same, pass { storage: new InMemorySagaStorage(new SystemClock()) }.`,
    );
  }
  new Logger('SagaModule').warn(
    `No storage is given: sagas are kept in memory and lost with this process. ${remedy}`,
  );
  return new InMemorySagaStorage(clock);
}

function resolve(token: InjectionToken, moduleRef: ModuleRef): unknown {
  try {
    return moduleRef.get<unknown>(token, { strict: false });
  } catch (error) {
    const name = typeof token === 'function' ? token.name : String(token);
    throw new SagaStorageMissingError(
      `The storage of SagaModule needs ${name}, which no module of this application provides.`,
      'Import the module that does, for example TypeOrmModule.forRoot() for a DataSource.',
      { cause: error },
    );
  }
}
