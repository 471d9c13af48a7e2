import { func, isObject, objectWith, option, policyTable, workerTable } from '@nest-saga/core/engine';
import type { ContextCodec, CreateCircuitBreaker, SagaListener } from '@nest-saga/core';
import { interceptorOption } from '../interceptors/interceptor-option.js';
import { storageOption } from '../storage/storage-option.js';
import type { SagaTelemetry } from '../telemetry/saga-telemetry.js';

const listenerOption = option<SagaListener>(
  'an object with the method "onSagaEvent", "onWorkerEvent" or both',
  (value) =>
    isObject(value) &&
    ('onSagaEvent' in value || 'onWorkerEvent' in value) &&
    ['onSagaEvent', 'onWorkerEvent'].every((method) => isMethodOrAbsent(Reflect.get(value, method))),
);

/** The options that only the module has. */
export const moduleTable = {
  /**
   * Where sagas are kept. If NODE_ENV is `production`, one has to be chosen.
   *
   * @default in memory, with a warning
   */
  storage: storageOption,
  /**
   * Replaces the JSON codec for the values of all sagas that have none of their own, for example `aesGcmCodec()`.
   *
   * @default JSON
   */
  codec: objectWith<ContextCodec>('a ContextCodec', 'encode', 'decode'),
  /**
   * Makes the breaker of a fallback that has settings for one, for example a breaker whose state processes share.
   *
   * @default a breaker in this process, over cockatiel
   */
  createCircuitBreaker: func<CreateCircuitBreaker>(),
  /**
   * Surrounds each attempt of a step (`intercept`), each start (`interceptStart`), or both. An interceptor, the token of a
   * provider that is one, or a list of these, the outermost first.
   */
  interceptor: interceptorOption,
  /**
   * Is notified of everything that happens to the sagas of this process, next to the log. The log also shows its
   * errors.
   */
  listener: listenerOption,
  /**
   * Traces and measures: `sagaTelemetry()` of `@nest-saga/nestjs/telemetry`.
   *
   * @default none: no library is loaded
   */
  telemetry: objectWith<SagaTelemetry>('a SagaTelemetry, such as sagaTelemetry()', 'begin', 'intercept'),
};

type ModuleOptionTable = typeof moduleTable & typeof workerTable & typeof policyTable;

/** All options of `SagaModule.forRoot()` and `forRootAsync()`. */
export const moduleOptionTable: ModuleOptionTable = { ...moduleTable, ...workerTable, ...policyTable };

function isMethodOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}
