import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import { hasBranches } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import type { SagaDeadline } from './deadline.js';
import type { SignalReceived } from './journal-entry.js';
import type { Park, SagaWaiting } from './park.js';
import type { Decisions } from './saga-path.js';
import type { SagaStatus } from './saga-status.js';

/** A step that the journal names, with its stage when the entry was written. */
export interface NamedStep {
  /** The id of the step in the journal. */
  readonly step: string;
  /** From 0; `nowhere` if an entry names the step at a point where no engine would have written it. */
  readonly stage: number;
  readonly isAlternative: boolean;
}

/** The stage of a step that is named at an impossible point: no definition has it there. */
export const nowhere = -1;

/** A step whose effect is there, or may be there, and must be undone if the saga fails. */
export interface UndoItem extends NamedStep {
  readonly outcome: StepOutcome;
  readonly response: Json | undefined;
  /** Attempts of its compensation that failed before other compensations went first. */
  readonly failedAttempts?: number;
}

/** The current wait of a saga. */
export interface StageWait extends SagaWaiting {
  /**
   * The end by the storage's clock, in milliseconds since the epoch. Undefined if the wait has no end, or was not read
   * yet.
   */
  readonly endsAt: number | undefined;
  /**
   * How long the owner waits, in milliseconds by its own monotonic clock; undefined if only a request ends the wait.
   */
  readonly restMs: number | undefined;
  /** It identifies the wait of one owner: the same object means the same wait. */
  readonly until: Date;
  /** Whether its time is over: by the storage's clock, or because the owner has waited long enough. */
  readonly isOver: boolean;
  readonly title?: string;
  readonly notBy?: string;
}

/** A signal that came and that no wait has taken yet. */
export type UntakenSignal = Pick<SignalReceived, 'name' | 'payload' | 'actor' | 'note' | 'decision'> & {
  readonly seq: number;
};

/** The reason why a saga is to be undone although no step of it failed. */
export interface SagaCancel {
  readonly reason: string;
  /** No person requested it: the saga passed its deadline. */
  readonly isDeadline?: true;
}

/**
 * The state that results from a journal: everything that the engine needs to decide what comes next. Made by folding,
 * never stored.
 */
export interface SagaState {
  readonly status: SagaStatus;
  readonly direction: 'forward' | 'backward';
  /** The `seq` of the last folded entry; 0 before the first. */
  readonly seq: number;
  /** The `seq` of the last claim; 0 if the saga was never claimed. It identifies one ownership, not one worker. */
  readonly claimSeq: number;
  /** The context for the next handler. */
  readonly context: Json;
  /** Forward: the stage whose act is next. */
  readonly stage: number;
  /** All decisions so far. */
  readonly decisions: Decisions;
  /**
   * The known attempts of the next calls: forward, one for each branch of the stage; backward, one for each
   * compensation of the layer that was tried. A fresh stage and a fresh layer have `freshBranches`.
   */
  readonly branches: readonly BranchState[];
  /** Forward: the last owner stopped before it began the next act, so a claim puts nothing in doubt. */
  readonly isUntouched: boolean;
  /**
   * Forward: the primary of this stage is undone before its alternative begins, so that both effects never exist at the
   * same time.
   */
  readonly isUndoingFirst: boolean;
  /** The wait during which the saga has no owner and nothing of it runs. */
  readonly park: Park | undefined;
  /** Forward: the current wait, once it has begun. */
  readonly wait: StageWait | undefined;
  /** The signals that no wait has taken yet, in the order in which they came. */
  readonly signals: readonly UntakenSignal[];
  /**
   * Every step in the journal, in the order in which they were named: the same array as `undo` until the two differ.
   */
  readonly named: readonly NamedStep[];
  /** The journal has the entry after which nothing is undone: the saga only goes forward. */
  readonly isPastPivot: boolean;
  /** A cancel was requested and came too late: the saga was past its pivot before it could be undone. */
  readonly isCancelLate: boolean;
  /** The steps to compensate, in completion order; the last is the next. */
  readonly undo: readonly UndoItem[];
  /** Compensations that were given up while earlier steps were undone, in the order in which they were given up. */
  readonly givenUp: readonly UndoItem[];
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
  readonly cancel: SagaCancel | undefined;
  /** Undefined if it has none. */
  readonly deadline: SagaDeadline | undefined;
  /** The journal says that it passed its deadline. */
  readonly isOverdue: boolean;
  /** The number of claims after a crash without progress between them. */
  readonly recoveries: number;
  /** The last owner released the saga in an orderly way, so the next claim is not a recovery. */
  readonly isReleased: boolean;
}

/** Whether the next call is an act: the saga runs forward, and no primary is being undone before its alternative. */
export function mayAct({
  direction,
  isUndoingFirst,
}: Pick<SagaState, 'direction' | 'isUndoingFirst'>): boolean {
  return direction === 'forward' && !isUndoingFirst;
}

/**
 * Whether the saga will be undone, but branches of its stage may still run: they are recorded, and join the undo when
 * none of them is left.
 */
export function isSettling(state: Pick<SagaState, 'direction' | 'branches'>): boolean {
  return state.direction === 'backward' && hasBranches(state);
}
