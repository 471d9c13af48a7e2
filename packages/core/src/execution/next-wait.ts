import type { WaitDefinition } from '../definition/wait-definition.js';
import type { SagaState, UntakenSignal } from '../journal/saga-state.js';
import { takenBy } from './awaited-signal.js';

/** Nothing of the saga may run during this time; afterwards, `afterWait` gives the state without the wait. */
export interface WaitAction {
  readonly kind: 'wait';
  /** It identifies the wait: the same object means the same wait. By the clock of the worker that decided it. */
  readonly until: Date;
  /** In milliseconds from the moment when its owner first sees the wait; infinite if only news end it. */
  readonly forMs: number;
}

/** Begin a wait that no entry led to. */
export interface BeginWaitAction {
  readonly kind: 'begin-wait';
  readonly wait: WaitDefinition;
}

/** End a wait. */
export interface EndWaitAction {
  readonly kind: 'end-wait';
  readonly wait: WaitDefinition;
  /** The signal that ends it; undefined if its time is over. */
  readonly taken?: UntakenSignal;
}

/** Decides what comes next for a saga whose next stage is a wait. Pure. */
export function nextOfWait(
  wait: WaitDefinition,
  { wait: begun, signals }: SagaState,
): WaitAction | BeginWaitAction | EndWaitAction {
  // Before the check of its time: a signal in the journal counts, however late it came, as long as the wait has not
  // ended there.
  const taken = takenBy(wait, signals);
  if (taken !== undefined) return { kind: 'end-wait', wait, taken };
  if (begun === undefined) return { kind: 'begin-wait', wait };
  if (begun.isOver) return { kind: 'end-wait', wait };
  return { kind: 'wait', until: begun.until, forMs: begun.restMs ?? Number.POSITIVE_INFINITY };
}
