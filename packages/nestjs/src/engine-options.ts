import type { SagaWorkerSettings } from '@nest-saga/core';
import { sagaDefaults } from '@nest-saga/core';
import type { SagaModuleOptions } from './saga-module-options.js';

/** The module's options in the engine's words. What is left out is the engine's default. */
export function toWorkerSettings(options: SagaModuleOptions) {
  const { lease = {}, recovery = {} } = options;
  return {
    runsSagas: options.worker ?? true,
    concurrency: options.concurrency ?? sagaDefaults.concurrency,
    parkAboveMs: options.parkAboveMs ?? sagaDefaults.parkAboveMs,
    busyTimeoutMs: options.busyTimeoutMs ?? sagaDefaults.busyTimeoutMs,
    lease: {
      leaseDurationMs: lease.leaseDurationMs ?? sagaDefaults.worker.leaseDurationMs,
      renewalIntervalMs: lease.renewalIntervalMs ?? sagaDefaults.worker.renewalIntervalMs,
      safetyMarginMs: lease.safetyMarginMs ?? sagaDefaults.worker.safetyMarginMs,
    },
    recovery: {
      isEnabled: recovery.enabled ?? true,
      sweepIntervalMs: recovery.intervalMs ?? sagaDefaults.recovery.sweepIntervalMs,
      batchSize: recovery.batchSize ?? sagaDefaults.recovery.batchSize,
      concurrency: recovery.concurrency ?? sagaDefaults.recovery.concurrency,
    },
    watchIntervalMs: options.watchIntervalMs ?? sagaDefaults.watchIntervalMs,
    abortGraceMs: options.abortGraceMs ?? sagaDefaults.abortGraceMs,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? sagaDefaults.shutdownTimeoutMs,
    contextWarningBytes: options.contextWarningBytes ?? sagaDefaults.contextWarningBytes,
    keepsCallerSurroundings: options.keepsCallerSurroundings ?? false,
  } satisfies SagaWorkerSettings & { readonly runsSagas: boolean };
}
