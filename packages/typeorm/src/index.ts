export { sagaEntities } from './entities/saga-entities.js';
export { SagaExecutionEntity, SagaLogEntity } from './entities/saga.entities.js';
export { SagaWorkerEntity } from './entities/saga-worker.entity.js';

export { SagaDataSourceMissingError } from './errors/saga-data-source-missing-error.js';
export { SagaEncodingError } from './errors/saga-encoding-error.js';
export { SagaEntityMappingError } from './errors/saga-entity-mapping-error.js';
export { SagaReadOnlyError } from './errors/saga-read-only-error.js';
export { SagaSchemaError } from './errors/saga-schema-error.js';
export type { SagaSchemaProblem } from './errors/saga-schema-error.js';

export { sagaMigrationSql } from './postgres/migrations/migration-sql.js';
export type { SagaMigrationSqlOptions } from './postgres/migrations/migration-sql.js';
export type { MigrationMode } from './postgres/migrations/migrator.js';
export { SagaTablesMigration } from './postgres/migrations/saga-tables-migration.js';

export { SagaExecutionRepository } from './repositories/saga-execution.repository.js';
export { SagaJournalRepository } from './repositories/saga-journal.repository.js';
export { SagaRepositoriesModule } from './repositories/saga-repositories.module.js';
export type { SagaRepositoriesModuleOptions } from './repositories/saga-repositories.module.js';
export { SagaWorkerRepository } from './repositories/saga-worker.repository.js';

export { typeOrmSagaStorage } from './saga-storage-factory.js';
export type { TypeOrmSagaStorageFactory, TypeOrmSagaStorageFactoryOptions } from './saga-storage-factory.js';
export { TypeOrmSagaStorage } from './typeorm-saga-storage.js';
export type { SagaStorageLogger } from './storage-option-table.js';
export type { TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';

export { entityManagerOf } from './transactions/entity-manager-of.js';
