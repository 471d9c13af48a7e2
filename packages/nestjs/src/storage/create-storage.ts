import type { InjectionToken, Type } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { InMemorySagaStorage } from '@nest-saga/core';
import type { Clock, SagaStorage } from '@nest-saga/core';
import { nameOfToken, namesOfHosts, referenceOf } from '../discovery/visible-providers.js';
import type { ProviderWrapper, VisibleProviders } from '../discovery/visible-providers.js';
import { SagaStorageMissingError } from '../errors/saga-storage-missing-error.js';
import { isStorageFactory } from './saga-storage-factory.js';
import type { SagaStorageFactory } from './saga-storage-factory.js';

/**
 * Makes the storage of the module's options from the providers of the application. Without one, sagas are in memory.
 *
 * @throws SagaStorageMissingError if there is none in production, or if a provider that it needs is missing or
 * ambiguous.
 */
export async function createStorage(
  storage: SagaStorage | SagaStorageFactory | undefined,
  visible: VisibleProviders,
  clock: Clock,
): Promise<SagaStorage> {
  if (storage === undefined) return inMemory(clock);
  if (!isStorageFactory(storage)) return storage;
  const dependencies = storage.inject.map((token) => resolve(token, visible));
  return storage.create(...(dependencies as never[]));
}

function inMemory(clock: Clock): SagaStorage {
  const remedy =
    'Pass one to SagaModule.forRoot(), for example { storage: typeOrmSagaStorage() } of @nest-saga/typeorm.';
  if (process.env['NODE_ENV'] === 'production') {
    throw new SagaStorageMissingError(
      'No storage is given, and sagas in memory do not survive the process, so they are refused in production ' +
        '(NODE_ENV).',
      `${remedy} To use memory anyway, pass { storage: new InMemorySagaStorage(new SystemClock()) }.`,
    );
  }
  new Logger('SagaModule').warn(
    `No storage is given: sagas are kept in memory and lost with this process. ${remedy}`,
  );
  return new InMemorySagaStorage(clock);
}

function resolve(token: InjectionToken, visible: VisibleProviders): unknown {
  const candidates = visible.candidatesHere(token);
  const [provider] = candidates;
  const needed = `The storage of SagaModule needs ${nameOfToken(token)}`;
  if (provider === undefined)
    throw new SagaStorageMissingError(
      `${needed}, which no module of this application provides.`,
      'Import the module that does, for example TypeOrmModule.forRoot() for a DataSource.',
    );
  if (candidates.length > 1)
    throw new SagaStorageMissingError(
      `${needed}, which ${namesOfHosts(candidates)} provide, and SagaModule imports it from none of them.`,
      'Pass the module that is meant in the imports of SagaModule.forRootAsync(), or make it a global one.',
    );
  const dependency = getSingleton(provider, needed);
  if (dependency !== undefined && dependency !== null) return dependency;
  throw new SagaStorageMissingError(
    `${needed}, whose provider gave ${String(dependency)}.`,
    'Let the factory of that provider return it, after awaiting what it needs.',
  );
}

function getSingleton(provider: ProviderWrapper, needed: string): unknown {
  try {
    return referenceOf(provider).get<unknown>(provider.token as Type, { strict: true });
  } catch (error) {
    throw new SagaStorageMissingError(
      `${needed}, which is a new instance for each request.`,
      'Provide it as a singleton: a storage is made once.',
      { cause: error },
    );
  }
}
