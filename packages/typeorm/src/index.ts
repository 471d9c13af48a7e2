export { SagaSchemaError } from './errors/saga-schema-error.js';
export type { SagaSchemaProblem } from './errors/saga-schema-error.js';
export { sagaMigrationSql } from './migrations/migration-sql.js';
export type { SagaMigrationSqlOptions } from './migrations/migration-sql.js';
export type { MigrationMode } from './migrations/migrator.js';
export { TypeOrmSagaStorage } from './typeorm-saga-storage.js';
export type { SagaStorageLogger, TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';
