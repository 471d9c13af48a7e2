import type { CompensateOn, StepOutcome } from '@nest-saga/core';

/**
 * One call that reached the outside world: what a step's handler writes down while it runs, in a place that no crash
 * of the saga's own storage touches. Times are in milliseconds of the clock that the journal's `recordedAt` uses.
 */
export interface LedgerRow {
  readonly sagaId: string;
  readonly step: string;
  readonly action: 'act' | 'compensate';
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly fencingToken: number;
  /** The process it ran in: one life of one process, so that a restarted one is another. */
  readonly process: string;
  /** The worker that it was called for, where the test can see it: a process may have had several. */
  readonly worker?: string;
  readonly beganAt: number;
  /** When the handler ended; undefined where it never did: its process died, or it hangs. */
  readonly endedAt: number | undefined;
  /** Whether the outside world was changed. */
  readonly isEffective: boolean;
  /** What a compensation was told about its act, where the handler writes it down. */
  readonly outcome?: StepOutcome;
  /** What its step says is undone, where the handler writes it down; `in-doubt` if not. */
  readonly compensateOn?: CompensateOn;
  /** What the handler's context said was done so far, where the saga keeps such a trail: see `trailOf`. */
  readonly trail?: readonly string[];
}

/** What a handler adds to the trail in its context, so that the checker sees which context it was given. */
export function trailOf(action: LedgerRow['action'], step: string): string {
  return action === 'act' ? step : `undo ${step}`;
}
