import type { SagaReference } from './saga-listener.js';

/** Runs around a start until it is durable, for example to record a trace span. */
export interface StartInterceptor {
  /** Calls `call` exactly once, with the texts that are stored with the saga, and returns its result. */
  interceptStart<Result>(
    start: StartReference,
    call: (metadata: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result>;
}

/** The saga that is about to be stored. */
export interface StartReference extends SagaReference {
  /** Whether it is queued for any worker. */
  readonly isQueued: boolean;
  /** The metadata from the caller. */
  readonly metadata: Readonly<Record<string, string>>;
}
