import type { CompensateOn, StepOutcome } from '@nest-saga/core';

/**
 * One call that reached the outside world, as the handler of a step records it in a place that crashes of the saga's
 * storage do not reach. Times are in milliseconds of the clock of the journal's `recordedAt`.
 */
export interface LedgerRow {
  readonly sagaId: string;
  readonly step: string;
  readonly action: 'act' | 'compensate';
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly fencingToken: number;
  /** The process in which it ran: one life of one process, so that a restarted one is a different process. */
  readonly process: string;
  /** The worker for which it was called, if the test knows it: a process may have had several. */
  readonly worker?: string;
  readonly beganAt: number;
  /** When the handler ended; undefined if it never did, because its process died or it hangs. */
  readonly endedAt: number | undefined;
  /** Whether the outside world was changed. */
  readonly isEffective: boolean;
  /** The outcome of its act that a compensation got, if the handler records it. */
  readonly outcome?: StepOutcome;
  /** The rule by which its step is undone, if the handler records it; `in-doubt` if not. */
  readonly compensateOn?: CompensateOn;
  /** Whether its step is never undone, if the handler records it. */
  readonly isForward?: boolean;
  /** The reason for which the signal of the call fired, if the handler records it. */
  readonly abortedBy?: string;
  /** The steps that the handler's context lists as done so far, if the saga keeps such a list: see `traceOf`. */
  readonly trail?: readonly string[];
}

/** The text that a handler adds to the list in its context, so that the checker sees which context the handler got. */
export function traceOf(action: LedgerRow['action'], step: string): string {
  return action === 'act' ? step : `undo ${step}`;
}

/** The text that a wait adds to that list for the signal that ended it. */
export function traceOfSignal(name: string): string {
  return `took ${name}`;
}
