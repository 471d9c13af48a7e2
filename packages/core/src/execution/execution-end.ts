import type { SagaState } from '../journal/saga-state.js';
import type { StopReason } from '../ports/saga-listener.js';

/** How a run ended: the saga has the state `state`, or this process stopped running it. */
export type ExecutionEnd =
  | { readonly kind: 'ended'; readonly state: SagaState; readonly cause: unknown }
  | {
      readonly kind: 'stopped';
      readonly state: SagaState;
      readonly reason: StopReason;
      readonly error?: unknown;
      /** The acts that began here and have no entry. */
      readonly begun: readonly string[];
    };
