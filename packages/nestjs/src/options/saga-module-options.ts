import type { SagaStepPolicies } from '@nest-saga/core';
import type {
  ArchiveSagas,
  OptionsOf,
  SagaRetentionOptions,
  SagaWorkerSettings,
} from '@nest-saga/core/engine';
import type { moduleTable } from './module-option-table.js';

/**
 * The options of `SagaModule.forRoot()`. `retry`, `compensation`, `timeoutMs` and `compensateOn` are the defaults of
 * all steps; the options of a saga override them, and those of a step override both.
 */
export interface SagaModuleOptions
  extends OptionsOf<typeof moduleTable>, Omit<SagaWorkerSettings, 'retention'>, SagaStepPolicies {
  /** How long sagas that ended are kept. By default they stay forever. */
  readonly retention?: SagaRetention;
}

/** How long sagas that ended are kept. */
export interface SagaRetention extends Omit<SagaRetentionOptions, 'onArchive'> {
  /**
   * Keeps a copy elsewhere: gets at most 50 sagas with their journals, which are deleted only after it has resolved. It
   * may get the same sagas again.
   */
  readonly onArchive?: ArchiveSagas;
}
