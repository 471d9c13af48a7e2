import type { InjectionToken } from '@nestjs/common';
import type { SagaDefinitionProblem, SagaStorage } from '@nest-saga/core';

/** Makes a storage that needs providers of the application, for example its `DataSource`. Called once, at bootstrap. */
export interface SagaStorageFactory {
  readonly kind: 'saga-storage-factory';
  /** The tokens of the arguments of `create`, from any module of the application. */
  readonly inject: readonly InjectionToken[];
  /** The problems of its options, which are reported together with all other problems. */
  readonly optionProblems?: readonly SagaDefinitionProblem[];
  create(...dependencies: never[]): SagaStorage | Promise<SagaStorage>;
}

/** Whether the storage in the module's options is a factory. */
export function isStorageFactory(storage: object): storage is SagaStorageFactory {
  return 'kind' in storage && storage.kind === 'saga-storage-factory';
}
