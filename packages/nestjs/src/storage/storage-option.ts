import { isObject, option } from '@nest-saga/core/engine';
import type { SagaStorage } from '@nest-saga/core';
import type { Option } from '@nest-saga/core/engine';
import { isStorageFactory } from './saga-storage-factory.js';
import type { SagaStorageFactory } from './saga-storage-factory.js';

const range = 'a SagaStorage or a factory of one, such as typeOrmSagaStorage()';

/** The methods that every storage has. */
const methods: readonly (keyof SagaStorage)[] = [
  'open',
  'close',
  'start',
  'append',
  'find',
  'findByKey',
  'load',
  'readNews',
  'readOutlines',
  'list',
  'summarize',
  'registerWorker',
  'renewWorker',
  'removeWorker',
  'claim',
  'releaseExpired',
  'release',
  'listOwned',
];

/** A storage, or a factory of one. */
export const storageOption: Option<SagaStorage | SagaStorageFactory> = {
  check: (place, value) => {
    if (!isObject(value)) return option(range, isObject).check(place, value);
    const needed = isStorageFactory(value) ? ['create'] : methods;
    const missing = needed.filter((method) => typeof Reflect.get(value, method) !== 'function');
    if (missing.length === 0) return (value as SagaStorage | SagaStorageFactory).optionProblems ?? [];
    const { where, path } = place;
    const names = missing.map((method) => `"${method}"`).join(', ');
    return [{ where, problem: `${path} has no method ${names}`, remedy: `Set it to ${range}` }];
  },
};
