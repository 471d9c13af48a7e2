import type { OptionsOf } from '@nest-saga/core/storage-kit';
import type { DataSource } from 'typeorm';
import type { storageExtras } from './storage-option-table.js';

/** The options of {@link TypeOrmSagaStorage}. */
export interface TypeOrmSagaStorageOptions extends OptionsOf<typeof storageExtras> {
  /** The application's own data source, of type `postgres`. It need not list the saga entities. */
  readonly dataSource: DataSource;
}
