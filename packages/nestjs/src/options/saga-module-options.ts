import type { SagaStepPolicies } from '@nest-saga/core';
import type { OptionsOf, SagaWorkerSettings } from '@nest-saga/core/engine';
import type { moduleTable } from './module-option-table.js';

/**
 * The options of `SagaModule.forRoot()`. `retry`, `compensation`, `timeoutMs` and `compensateOn` are the defaults of
 * all steps; the options of a saga override them, and those of a step override both.
 */
export interface SagaModuleOptions
  extends OptionsOf<typeof moduleTable>, SagaWorkerSettings, SagaStepPolicies {}
