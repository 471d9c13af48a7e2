import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import type { StopReason } from '../ports/saga-listener.js';

/** A run that has ended. */
export interface EndedRun {
  readonly header: SagaHeader;
  /** The `seq` of the last entry that it knows. */
  readonly seq: number;
  /** The time until its deadline, in milliseconds. Undefined if it has none, or is being undone. */
  readonly deadlineRestMs: number | undefined;
}

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
