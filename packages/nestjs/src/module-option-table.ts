import { count, flag, func, group, isObject, objectWith, option, policyTable, time } from '@nest-saga/core';
import type { Option, OptionTableOf } from '@nest-saga/core';
import { interceptorOption } from './interceptors/interceptor-option.js';
import type { SagaLeaseOptions, SagaModuleOptions, SagaRecoveryOptions } from './saga-module-options.js';
import { storageOption } from './storage/storage-option.js';

const leaseTable: OptionTableOf<SagaLeaseOptions> = {
  leaseDurationMs: time({ minimum: 1 }),
  renewalIntervalMs: time({ minimum: 1 }),
  safetyMarginMs: time({ minimum: 0 }),
};

const recoveryTable: OptionTableOf<SagaRecoveryOptions> = {
  enabled: flag(),
  intervalMs: time({ minimum: 1 }),
  batchSize: count({ minimum: 1 }),
  concurrency: count({ minimum: 1 }),
  maximumRecoveryAttempts: count({ minimum: 0 }),
};

const listenerOption: Option = option(
  'an object with the method "onSagaEvent", "onWorkerEvent" or both',
  (value) =>
    isObject(value) &&
    ('onSagaEvent' in value || 'onWorkerEvent' in value) &&
    ['onSagaEvent', 'onWorkerEvent'].every((method) => isMethodOrAbsent(Reflect.get(value, method))),
);

/** What `SagaModule.forRoot()` and `forRootAsync()` take. */
export const moduleOptionTable: OptionTableOf<SagaModuleOptions> = {
  storage: storageOption,
  worker: flag(),
  concurrency: count({ minimum: 1 }),
  parkAboveMs: time({ minimum: 0 }),
  busyTimeoutMs: time({ minimum: 0 }),
  lease: group(leaseTable),
  recovery: group(recoveryTable),
  watchIntervalMs: time({ minimum: 1 }),
  shutdownTimeoutMs: time({ minimum: 0 }),
  abortGraceMs: time({ minimum: 0 }),
  contextWarningBytes: count({ minimum: 1 }),
  keepsCallerSurroundings: flag(),
  createCircuitBreaker: func(),
  interceptor: interceptorOption,
  listener: listenerOption,
  telemetry: objectWith('a SagaTelemetry, such as sagaTelemetry()', 'begin', 'surround'),
  ...policyTable,
};

function isMethodOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}
