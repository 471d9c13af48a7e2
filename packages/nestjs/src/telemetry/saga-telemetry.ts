import type { StartInterceptor, StepInterceptor } from '@nest-saga/core/engine';
import type { SagaLifecycleEvent, SagaStorage } from '@nest-saga/core';

/**
 * A telemetry for `SagaModule`: `sagaTelemetry()` of `@nest-saga/nestjs/telemetry` is one for OpenTelemetry. An
 * application without it does not load the library and has no cost.
 */
export interface SagaTelemetry {
  /** Runs around each start, and adds the trace to the saga. */
  readonly startInterceptor: StartInterceptor;
  /** Runs around each attempt of a step. */
  readonly stepInterceptor: StepInterceptor;
  /** The trace id of the saga whose event is published at the moment, for the log. */
  readonly traceId: string | undefined;
  /**
   * Starts to measure, before any saga is started.
   *
   * @returns The function that ends it.
   */
  begin(storage: SagaStorage): () => void;
  /** Records an event, and calls `notify` exactly once within the saga's trace, which notifies the other listeners. */
  intercept(event: SagaLifecycleEvent, notify: () => void): void;
}
