import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { SagaDefinitionError } from '@nest-saga/core';
import type { DataSource } from 'typeorm';
import { SagaDataSourceMissingError } from '../errors/saga-data-source-missing-error.js';
import { checkRepositoriesOptions, storageDefaults } from '../storage-option-table.js';
import { SagaExecutionRepository } from './saga-execution.repository.js';
import { SagaJournalRepository } from './saga-journal.repository.js';
import { SagaRepositories } from './saga-repositories.js';
import { SagaWorkerRepository } from './saga-worker.repository.js';

/** Options of {@link SagaRepositoriesModule}. */
export interface SagaRepositoriesModuleOptions {
  /** The schema of the saga tables. @default 'saga' */
  readonly schema?: string;
  /** The application's data source, or its name in `TypeOrmModule.forRoot({ name })`. @default the one without a name */
  readonly dataSource?: string | DataSource;
}

/**
 * Lets every module of the application inject `SagaExecutionRepository`, `SagaJournalRepository` and
 * `SagaWorkerRepository`. Import it once, in the root module. It needs no worker and no `SagaModule`; if both use the same
 * data source and schema, the storage reads and writes through the same instances.
 */
export class SagaRepositoriesModule {
  /**
   * The module is refused at bootstrap with `SagaDataSourceMissingError` if no module provides the data source.
   *
   * @throws SagaDefinitionError for an option that does not exist, or an invalid schema name.
   *
   * @example
   * SagaRepositoriesModule.forRoot({ schema: 'saga' });
   */
  static forRoot(options: SagaRepositoriesModuleOptions = {}): DynamicModule {
    return moduleOf(options);
  }
}

// With a decorator, or with its name in its own body, the bundler would rename the class, and Nest shows its name.
Module({})(SagaRepositoriesModule);

function moduleOf(options: SagaRepositoriesModuleOptions): DynamicModule {
  const problems = checkRepositoriesOptions(options);
  if (problems.length > 0) throw new SagaDefinitionError(problems);
  return {
    module: SagaRepositoriesModule,
    global: true,
    providers: [
      repositoriesProvider(options),
      provideFrom(SagaExecutionRepository, ({ executions }) => executions),
      provideFrom(SagaJournalRepository, ({ journal }) => journal),
      provideFrom(SagaWorkerRepository, ({ workers }) => workers),
    ],
    exports: [SagaExecutionRepository, SagaJournalRepository, SagaWorkerRepository],
  };
}

function repositoriesProvider({
  schema = storageDefaults.schema,
  dataSource,
}: SagaRepositoriesModuleOptions): FactoryProvider<SagaRepositories> {
  const isNamed = typeof dataSource === 'string' || dataSource === undefined;
  return {
    provide: SagaRepositories,
    // Optional, because Nest's own error about a missing one has no remedy.
    inject: isNamed ? [{ token: getDataSourceToken(dataSource), optional: true }] : [],
    useFactory: async (found?: DataSource) => {
      const application = isNamed ? found : dataSource;
      if (application === undefined) throw new SagaDataSourceMissingError(isNamed ? dataSource : undefined);
      const repositories = SagaRepositories.of(application, schema);
      await repositories.open();
      return repositories;
    },
  };
}

function provideFrom<Repository>(
  provide: new (...parameters: never[]) => Repository,
  of: (repositories: SagaRepositories) => Repository,
): FactoryProvider<Repository> {
  return { provide, inject: [SagaRepositories], useFactory: of };
}
