import type { SagaReference } from './saga-listener.js';

/** What surrounds a start until it is durable, for example a trace span. */
export interface StartInterceptor {
  /**
   * Calls `call` exactly once, with the texts that are to travel with the saga, and gives back what it gives back.
   */
  interceptStart<Result>(
    start: StartReference,
    call: (metadata: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result>;
}

/** Which saga is about to be stored. */
export interface StartReference extends SagaReference {
  /** Whether it is left to whichever worker claims it. */
  readonly isQueued: boolean;
  /** What the caller gave. */
  readonly metadata: Readonly<Record<string, string>>;
}
