import type { SagaStepPolicies } from '@nest-saga/core';
import type { OptionsOf, SagaWorkerSettings } from '@nest-saga/core/engine';
import type { moduleTable } from './module-option-table.js';

/**
 * What `SagaModule.forRoot()` takes. `retry`, `compensation`, `timeoutMs` and `compensateOn` are the defaults of every step; a
 * saga and a step may differ from them.
 */
export interface SagaModuleOptions
  extends OptionsOf<typeof moduleTable>, SagaWorkerSettings, SagaStepPolicies {}
