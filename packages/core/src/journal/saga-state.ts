import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { Park } from './park.js';
import type { SagaStatus } from './saga-status.js';

/** A step whose effect is there, or may be there, and is to be undone if the saga fails. */
export interface UndoItem {
  /** The id under which the journal has it. */
  readonly step: string;
  readonly stage: number;
  readonly isAlternative: boolean;
  readonly outcome: StepOutcome;
  readonly response: Json | undefined;
  /** Attempts of its compensation that failed before other compensations went first. */
  readonly failedAttempts?: number;
}

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
  /**
   * Forward: the worst that is known of the act that is next, where it may have begun before: an attempt failed or timed
   * out, or an owner went away without a word.
   */
  readonly begun: 'failed' | 'unknown' | undefined;
  /** Forward: the last owner let go before it began the act that is next, so a claim puts nothing in doubt. */
  readonly isUntouched: boolean;
  /** Forward: the stage's alternative is what runs. */
  readonly isAlternative: boolean;
  /** Forward: the primary of this stage is undone before its alternative begins, so that never both effects stand. */
  readonly isUndoingFirst: boolean;
  /** Why the alternative runs. */
  readonly primaryError: RecordedError | undefined;
  /** Failed attempts so far of the act or compensation that is next. */
  readonly failedAttempts: number;
  /** Attempts that an operator's retry forgave: they no longer count against the policy. */
  readonly forgivenAttempts: number;
  /** The next attempt does not start before. */
  readonly retryAt: Date | undefined;
  /** How long its owner waits for that, in milliseconds, counted by its own monotonic clock: no two wall clocks agree. */
  readonly retryDelayMs: number;
  /** When that wait is over by the storage's clock, in milliseconds since the epoch; known of what was read only. */
  readonly retryEndsAt: number | undefined;
  /** It has no owner until this is over: nothing of it runs. */
  readonly park: Park | undefined;
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
  /** Why the journal does not fit the definition. */
  readonly mismatch: string | undefined;
}
