import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { SagaStuckReason } from '../errors/saga-failure.js';
import type { Park } from './park.js';
import type { SagaStatus } from './saga-status.js';

/** What an entry says that leads to a wait. */
export interface WaitStart {
  /** The saga waits without an owner: nobody runs it until then. */
  readonly park?: Park;
  /** In place of `park`: it waits in the memory of its owner. */
  readonly wait?: Park;
  /** Of an approval: what is to be decided. */
  readonly title?: string;
  /** Of an approval: who must not decide it. */
  readonly notBy?: string;
}

/** What each attempt of a step leaves in the journal. */
interface AttemptFields {
  /** The id of the step. */
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  /** By the clock of the worker. */
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** An act returned. Also the durable statement that the next step may begin. */
export interface ActCompleted extends AttemptFields, WaitStart {
  readonly kind: 'act-completed';
  /** The context after the step; undefined: it is the one before, or this reader did not ask for contexts. */
  readonly context?: Json;
  readonly response?: Json;
  /** What the step emitted: a JSON list of `{ name?, event }`, the name being that of the event's class. */
  readonly events?: Json;
}

/** An attempt of an act failed. `next` is the decision that was taken with it, so that a recovery follows it. */
export interface ActFailed extends AttemptFields {
  readonly kind: 'act-failed';
  readonly error: RecordedError;
  /**
   * Of this attempt alone; `completed` where the act returned what cannot be stored: its effect is there and has to be
   * undone.
   */
  readonly outcome: StepOutcome;
  readonly response?: Json;
  /** `undo-first`: the effect of this primary may be there, so it is undone before its alternative begins. */
  readonly next: 'retry' | 'alternative' | 'undo-first' | 'compensate';
  /** With `retry`: not before. */
  readonly retryAt?: Date;
  /** With `retry`: nobody runs the saga until then. */
  readonly park?: Park;
  /**
   * With `compensate` or `alternative`: this step is undone too, because its effect is there or may be there, of this
   * attempt or of an earlier one.
   */
  readonly undo: boolean;
}

/** A compensation returned: the step is undone. */
export interface CompensationCompleted extends AttemptFields {
  readonly kind: 'compensation-completed';
  /** As after an act. */
  readonly context?: Json;
  readonly events?: Json;
}

/** An attempt of a compensation failed. */
export interface CompensationFailed extends AttemptFields {
  readonly kind: 'compensation-failed';
  readonly error: RecordedError;
  readonly outcome: 'failed' | 'timed-out';
  readonly next: 'retry' | 'halt' | 'continue';
  readonly retryAt?: Date;
  readonly park?: Park;
}

/** A worker took the saga over: from here on every append of an earlier owner finds its `seq` taken. */
export interface Claimed {
  readonly kind: 'claimed';
  /** The status it was claimed in: `pending` for the first claim of a queued saga, which is not a recovery. */
  readonly from: 'pending' | 'running' | 'compensating';
  /** It was waiting without an owner, so nothing of it ran, and its time has come. */
  readonly parked?: true;
}

/** A worker let the saga go in good order, so that the next claim is not a recovery from a crash. */
export interface Released {
  readonly kind: 'released';
  /**
   * `shutdown`: this process stops. `quarantine`: it was never run here, because its last owners died and it waits for
   * its turn to be tried alone, because the claim's answer was lost, or because its journal could not be read.
   * `trouble`: it could not be run here; the next claim counts as a recovery all the same.
   */
  readonly reason: 'shutdown' | 'quarantine' | 'trouble';
  /**
   * The acts that this owner began and that have no record: none where it let go between two steps. Undefined in entries
   * of earlier releases: whatever act was next may have been begun.
   */
  readonly begun?: readonly string[];
}

/** Somebody asked for the saga to be cancelled. The owner decides what becomes of it. */
export interface CancelRequested {
  readonly kind: 'cancel-requested';
  readonly reason: string;
  readonly actor?: string;
}

/** The owner decided to compensate without a failed act: the point of no return of a cancel. */
export interface CompensationDecided {
  readonly kind: 'compensation-decided';
  /**
   * The steps that were begun and have no result in the journal, or only failed ones, with what is known of their acts.
   * Their effects may be there, so they are undone first, the last one before the others.
   */
  readonly undo: readonly BegunStep[];
}

/** A step whose act was begun and did not complete. */
export interface BegunStep {
  readonly step: string;
  readonly outcome: 'failed' | 'unknown';
}

/** A person asked for a STUCK saga to go on from where it stood. */
export interface RetryRequested {
  readonly kind: 'retry-requested';
  readonly actor: string;
  readonly note?: string;
}

/**
 * What a person says of the step that a STUCK saga stands at. `done`: its act, or its undo, was done by hand. `not-done`:
 * its act has no effect, and the saga is to be compensated without it.
 */
export type StepResolution = 'done' | 'not-done';

/** A person has settled a step of a STUCK saga. */
export interface StepResolved {
  readonly kind: 'step-resolved';
  readonly step: string;
  readonly actor: string;
  readonly note: string;
  readonly outcome: StepResolution;
}

/** The saga cannot go on by itself. */
export interface MarkedStuck {
  readonly kind: 'stuck';
  readonly reason: SagaStuckReason;
  readonly step?: string;
  readonly message: string;
}

/** Somebody told the saga something, or decided what it asked. */
export interface SignalReceived {
  readonly kind: 'signal-received';
  /** The signal's name; of a decision the id of the approval. */
  readonly name: string;
  readonly payload?: Json;
  /** One signal of this name and id counts. */
  readonly dedupeId?: string;
  readonly actor?: string;
  readonly note?: string;
  readonly decision?: 'approved' | 'rejected';
  /** It ends the wait that the saga is at. */
  readonly wakes?: true;
}

/** An owner found that the saga begins to wait without an entry that led to it, or that a wait is not over yet. */
export interface Parked extends WaitStart {
  readonly kind: 'parked';
}

/** A wait is over. Also the durable statement that the next step may begin, unless the saga is undone. */
export interface WaitEnded extends WaitStart {
  readonly kind: 'wait-ended';
  /** The id of the wait. */
  readonly step: string;
  /** `failed`: a function of its definition threw. */
  readonly outcome: 'elapsed' | 'signal' | 'timed-out' | 'failed';
  /** The `seq` of the signal that ended it. */
  readonly signal?: number;
  /** The context with what was taken; without it the context stays as it was. */
  readonly context?: Json;
  /** With `compensate`: why. */
  readonly error?: RecordedError;
  readonly next?: 'compensate';
}

/** The saga's end, where it is not one statement with the last step's entry. */
export interface Settled {
  readonly kind: 'settled';
}

/** A handler did not handle an event in all its attempts. The saga goes on; an operator can have it delivered again. */
export interface DeliveryFailed {
  readonly kind: 'delivery-failed';
  /** The `seq` of the entry with the event. */
  readonly emittedSeq: number;
  /** The place of the event among those of that entry, from 0. */
  readonly index: number;
  readonly handler: string;
  readonly error: RecordedError;
}

/** What an entry that changes the saga's status says of it. */
interface StatusChange {
  /**
   * The status from this entry on. It is decided once, when the entry is written, by the steps of the process that writes it: other
   * steps under which the journal is read later change nothing about it.
   */
  readonly status?: SagaStatus;
}

/** Everything that can happen to a saga, before it has a place in the journal. */
export type EntryDraft = (
  | ActCompleted
  | ActFailed
  | CompensationCompleted
  | CompensationFailed
  | Claimed
  | Released
  | CancelRequested
  | CompensationDecided
  | RetryRequested
  | StepResolved
  | MarkedStuck
  | DeliveryFailed
  | SignalReceived
  | Parked
  | WaitEnded
  | Settled
) &
  StatusChange;

/** The drafts that a step's attempt leaves. */
export type StepEntryDraft = (ActCompleted | ActFailed | CompensationCompleted | CompensationFailed) &
  StatusChange;

/** Where and by whom a draft was written. */
export interface EntryStamp {
  /** From 1, without gaps. */
  readonly seq: number;
  /** The worker that wrote it; undefined for a request from outside. */
  readonly worker: string | undefined;
  /** By the clock of the storage. */
  readonly recordedAt: Date;
}

/** One thing that happened to a saga, in its place. Never changed once written. */
export type JournalEntry = EntryDraft & EntryStamp;

/** An entry that a step's attempt left. */
export type StepEntry = StepEntryDraft & EntryStamp;

/** Whether an entry is a step's: these are what a stream of results shows. */
export function isStepEntry<Entry extends EntryDraft>(
  entry: Entry,
): entry is Extract<Entry, { readonly step: string; readonly attempt: number }> {
  return (
    entry.kind === 'act-completed' ||
    entry.kind === 'act-failed' ||
    entry.kind === 'compensation-completed' ||
    entry.kind === 'compensation-failed'
  );
}
