/**
 * Every default of this library in one place. The documented defaults are checked against it.
 * Times are in milliseconds, sizes in bytes.
 */
export const sagaDefaults = Object.freeze({
  retry: Object.freeze({
    maximumAttempts: 1,
    initialIntervalMs: 1_000,
    backoffCoefficient: 2,
    maximumIntervalMs: 60_000,
    jitter: 0.2,
  }),
  compensation: Object.freeze({
    maximumAttempts: 3,
    initialIntervalMs: 1_000,
    backoffCoefficient: 2,
    maximumIntervalMs: 60_000,
    jitter: 0.2,
    onExhausted: 'halt',
  } as const),
  compensateOn: 'in-doubt',
  circuitBreaker: Object.freeze({ failureThreshold: 5, resetTimeoutMs: 60_000 }),
  worker: Object.freeze({ leaseDurationMs: 30_000, renewalIntervalMs: 10_000, safetyMarginMs: 5_000 }),
  recovery: Object.freeze({
    sweepIntervalMs: 5_000,
    batchSize: 100,
    concurrency: 50,
    maximumRecoveryAttempts: 5,
  }),
  concurrency: 1_000,
  busyTimeoutMs: 10_000,
  parkAboveMs: 5_000,
  watchIntervalMs: 1_000,
  abortGraceMs: 5_000,
  shutdownTimeoutMs: 10_000,
  contextWarningBytes: 65_536,
} as const);
