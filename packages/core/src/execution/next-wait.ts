import type { WaitDefinition } from '../definition/wait-definition.js';
import type { SagaState, UntakenSignal } from '../journal/saga-state.js';
import { takenBy } from './awaited-signal.js';

/** Nothing may run for so long; fold the wait away with `afterWait` then. */
export interface WaitAction {
  readonly kind: 'wait';
  /** The same wait as long as this is the same moment. By the clock of the worker that decided it. */
  readonly until: Date;
  /** Counted from its owner's first look at the wait, in milliseconds; infinite if only news end it. */
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
  /** The signal that ends it; undefined: its time is over. */
  readonly taken?: UntakenSignal;
}

/** What comes next for a saga whose next place is a wait. Pure. */
export function nextOfWait(
  wait: WaitDefinition,
  { wait: begun, signals }: SagaState,
): WaitAction | BeginWaitAction | EndWaitAction {
  // Before its time is asked: what is in the journal before the end of the wait has won, however late it came.
  const taken = takenBy(wait, signals);
  if (taken !== undefined) return { kind: 'end-wait', wait, taken };
  if (begun === undefined) return { kind: 'begin-wait', wait };
  if (begun.isOver) return { kind: 'end-wait', wait };
  return { kind: 'wait', until: begun.until, forMs: begun.restMs ?? Number.POSITIVE_INFINITY };
}
