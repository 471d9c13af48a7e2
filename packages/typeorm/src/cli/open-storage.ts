import type { SagaStorage } from '@nest-saga/core';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../typeorm-saga-storage.js';

/**
 * Opens the storage for a command, with a small pool of its own and without hints. It changes no tables.
 *
 * @throws InvalidArgumentError for an invalid schema name. The error of the server or the driver.
 */
export async function openStorage({
  url,
  schema,
}: {
  readonly url: string;
  readonly schema?: string | undefined;
}): Promise<SagaStorage> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize: 4,
    applicationName: 'nest-saga command',
    connectTimeoutMS: 10_000,
  });
  await dataSource.initialize();
  const storage = new TypeOrmSagaStorage({
    dataSource,
    migrations: 'check',
    hints: false,
    ...(schema === undefined ? {} : { schema }),
  });
  const close = storage.close.bind(storage);
  return Object.assign(storage, {
    close: async () => {
      await close();
      await dataSource.destroy();
    },
  });
}
