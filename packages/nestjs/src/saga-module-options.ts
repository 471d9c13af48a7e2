import type { CreateCircuitBreaker, SagaListener, SagaStepPolicies, SagaStorage } from '@nest-saga/core';
import type { SagaInterceptorReference } from './interceptors/saga-interceptor.js';
import type { SagaTelemetry } from './telemetry/saga-telemetry.js';
import type { SagaStorageFactory } from './storage/saga-storage-factory.js';

/** How long this process counts as alive, and how often it says so. In milliseconds. */
export interface SagaLeaseOptions {
  /** After this long without a renewal others take over this process's sagas. @default 30_000 */
  readonly leaseDurationMs?: number;
  /** @default 10_000 */
  readonly renewalIntervalMs?: number;
  /** This process stops itself so long before its lease is over. @default 5_000 */
  readonly safetyMarginMs?: number;
}

/** How this process finds queued sagas and those that nobody runs any more. */
export interface SagaRecoveryOptions {
  /** With `false` this process runs only what is started in it. @default true */
  readonly enabled?: boolean;
  /** Between two sweeps, in milliseconds; varied by a fifth, so that processes do not sweep in step. @default 5_000 */
  readonly intervalMs?: number;
  /** The most sagas that one statement claims. @default 100 */
  readonly batchSize?: number;
  /** The most claimed sagas that run here at once. @default 50 */
  readonly concurrency?: number;
  /** Recoveries without progress after which a saga is STUCK. @default 5 */
  readonly maximumRecoveryAttempts?: number;
}

/**
 * What `SagaModule.forRoot()` takes. `retry`, `compensation`, `timeoutMs` and `compensateOn` are the defaults of every
 * step; a saga and a step say it differently for themselves.
 */
export interface SagaModuleOptions extends SagaStepPolicies {
  /**
   * Where sagas are kept. Without it they are kept in memory, which is refused where NODE_ENV is `production`.
   *
   * @default in memory, with a warning
   */
  readonly storage?: SagaStorage | SagaStorageFactory;
  /** With `false` this process runs no saga: `start` and `stream` queue and follow. @default true */
  readonly worker?: boolean;
  /** The most sagas that this process runs at once; a start above it waits. @default 1_000 */
  readonly concurrency?: number;
  /**
   * A saga that waits longer than this for its next attempt leaves its place meanwhile, in milliseconds: it is only a
   * row then, which any worker takes up when the time has come. Not with `recovery.enabled: false`. @default 5_000
   */
  readonly parkAboveMs?: number;
  /** How long it waits before it is refused with a `SagaBusyError`, in milliseconds. @default 10_000 */
  readonly busyTimeoutMs?: number;
  readonly lease?: SagaLeaseOptions;
  readonly recovery?: SagaRecoveryOptions;
  /** How often journals are read for what other processes wrote, in milliseconds. @default 1_000 */
  readonly watchIntervalMs?: number;
  /** How long a shutdown waits for running steps before their signals fire, in milliseconds. @default 10_000 */
  readonly shutdownTimeoutMs?: number;
  /** How long a step whose signal fired may still take, in milliseconds. @default 5_000 */
  readonly abortGraceMs?: number;
  /** A context over this size is reported, in bytes. @default 65_536 */
  readonly contextWarningBytes?: number;
  /**
   * With `true` a saga that `start()` or `stream()` runs in this process runs with the `AsyncLocalStorage` stores of
   * its caller. They are kept in memory while it runs, and are gone after a recovery: what a step must know belongs
   * into the context. Queued and recovered sagas always run with the stores of the bootstrap.
   *
   * @default false
   */
  readonly keepsCallerSurroundings?: boolean;
  /**
   * Makes the breaker of a fallback that gives settings, for example one whose state processes share.
   *
   * @default a breaker in this process, over cockatiel
   */
  readonly createCircuitBreaker?: CreateCircuitBreaker;
  /**
   * Surrounds each attempt of a step (`intercept`), each start (`interceptStart`), or both. An interceptor, the token of a
   * provider that is one, or a list of these, the outermost first.
   */
  readonly interceptor?: SagaInterceptorReference | readonly SagaInterceptorReference[];
  /** Is told everything that happens to the sagas of this process, next to the log, which is told what it throws. */
  readonly listener?: SagaListener;
  /**
   * Traces and measures: `sagaTelemetry()` of `@nest-saga/nestjs/telemetry`.
   *
   * @default none: no library is loaded
   */
  readonly telemetry?: SagaTelemetry;
}
