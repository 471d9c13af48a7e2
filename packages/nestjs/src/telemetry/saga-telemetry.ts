import type { SagaLifecycleEvent, SagaStorage, StartInterceptor, StepInterceptor } from '@nest-saga/core';

/**
 * What `SagaModule` asks of a telemetry: `sagaTelemetry()` of `@nest-saga/nestjs/telemetry` is one over OpenTelemetry.
 * An application without it loads none and pays nothing.
 */
export interface SagaTelemetry {
  /** Surrounds each start, and says which trace travels with the saga. */
  readonly startInterceptor: StartInterceptor;
  /** Surrounds each attempt of a step. */
  readonly stepInterceptor: StepInterceptor;
  /** The trace of the saga whose event is being told at the moment, for a line of the log. */
  readonly traceId: string | undefined;
  /**
   * Begins to measure, before anything is started.
   *
   * @returns What ends it.
   */
  begin(storage: SagaStorage): () => void;
  /** Takes note of an event, and tells the others of it within the saga's trace. Calls `notify` exactly once. */
  intercept(event: SagaLifecycleEvent, notify: () => void): void;
}
