import type { InjectionToken } from '@nestjs/common';
import type { SagaDefinitionProblem, SagaStorage } from '@nest-saga/core';

/** A storage that needs something of the application, for example its `DataSource`. Made once, at bootstrap. */
export interface SagaStorageFactory {
  readonly kind: 'saga-storage-factory';
  /** What `create` is given, from any module of the application. */
  readonly inject: readonly InjectionToken[];
  /** What is wrong with its options: listed with everything else that is. */
  readonly optionProblems?: readonly SagaDefinitionProblem[];
  create(...dependencies: never[]): SagaStorage | Promise<SagaStorage>;
}

/** Whether what stands in the module's options still has to be made. */
export function isStorageFactory(storage: object): storage is SagaStorageFactory {
  return 'kind' in storage && storage.kind === 'saga-storage-factory';
}
