import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { BranchState } from './branch-state.js';
import type { SignalReceived } from './journal-entry.js';
import type { Park, SagaWaiting } from './park.js';
import type { SagaStatus } from './saga-status.js';

/** A step that the journal names, with where it stood when it was written. */
export interface NamedStep {
  /** The id under which the journal has it. */
  readonly step: string;
  /** From 0; `nowhere` if an entry names it where no step can stand. */
  readonly stage: number;
  readonly isAlternative: boolean;
}

/** The stage of a step that is named where none can stand: no definition has it there. */
export const nowhere = -1;

/** A step whose effect is there, or may be there, and is to be undone if the saga fails. */
export interface UndoItem extends NamedStep {
  readonly outcome: StepOutcome;
  readonly response: Json | undefined;
  /** Attempts of its compensation that failed before other compensations went first. */
  readonly failedAttempts?: number;
}

/** A wait that the saga is at. */
export interface StageWait extends SagaWaiting {
  /** When it is over by the storage's clock, in milliseconds since the epoch. Undefined: never, or nobody read it yet. */
  readonly endsAt: number | undefined;
  /** How long its owner waits, in milliseconds by its own monotonic clock; undefined: until something is asked. */
  readonly restMs: number | undefined;
  /** The same wait of the same owner as long as this is the same object. */
  readonly until: Date;
  /** Its time is over: by the storage's clock, or by how long its owner waited. */
  readonly isOver: boolean;
  readonly title?: string;
  readonly notBy?: string;
}

/** A signal that came and that nothing has taken yet. */
export type UntakenSignal = Pick<SignalReceived, 'name' | 'payload' | 'actor' | 'note' | 'decision'> & {
  readonly seq: number;
};

/** What a journal amounts to: everything the engine needs to decide what comes next. Made by folding, never stored. */
export interface SagaState {
  readonly status: SagaStatus;
  readonly direction: 'forward' | 'backward';
  /** The last entry folded in; 0 before the first. */
  readonly seq: number;
  /** The `seq` of the last claim, 0 where only the start gave it an owner. Names one ownership, not one worker. */
  readonly claimSeq: number;
  /** What the next handler sees. */
  readonly context: Json;
  /** Forward: the stage whose act is next. */
  readonly stage: number;
  /** What is known of each call that is next: one a branch of the stage. A fresh stage has `freshBranches`. */
  readonly branches: readonly BranchState[];
  /** Forward: the last owner let go before it began the act that is next, so a claim puts nothing in doubt. */
  readonly isUntouched: boolean;
  /** Forward: the primary of this stage is undone before its alternative begins, so that never both effects stand. */
  readonly isUndoingFirst: boolean;
  /** It has no owner until this is over: nothing of it runs. */
  readonly park: Park | undefined;
  /** Forward: the wait that it is at, once that has begun. */
  readonly wait: StageWait | undefined;
  /** What was told to it and is not taken yet, in the order in which it came. */
  readonly signals: readonly UntakenSignal[];
  /** Every step in the journal, the first named first: one array with `undo` until the two differ. */
  readonly named: readonly NamedStep[];
  /** What would be undone, the first completed first; the last is the next. */
  readonly undo: readonly UndoItem[];
  /** Compensations that were given up while earlier steps went on being undone, the first given up first. */
  readonly givenUp: readonly UndoItem[];
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
  readonly cancel: { readonly reason: string } | undefined;
  /** Claims after a crash with no progress between them. */
  readonly recoveries: number;
  /** The last owner let go in good order, so the next claim is no recovery. */
  readonly isReleased: boolean;
}

/** Whether the next call is an act: the saga goes forward, and no primary is being undone before its alternative. */
export function mayAct({
  direction,
  isUndoingFirst,
}: Pick<SagaState, 'direction' | 'isUndoingFirst'>): boolean {
  return direction === 'forward' && !isUndoingFirst;
}
