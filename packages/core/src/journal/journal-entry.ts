import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { SagaStuckReason } from '../errors/saga-failure.js';
import type { Park } from './park.js';
import type { PathStart, SagaPath } from './saga-path.js';
import type { SagaStatus } from './saga-status.js';

/** The properties of an entry that begins a wait. */
export interface WaitStart {
  /** The saga waits without an owner: no worker runs it until then. */
  readonly park?: Park;
  /** In place of `park`: it waits in the memory of its owner. */
  readonly wait?: Park;
  /** The text of an approval for the person who decides. */
  readonly title?: string;
  /** The actor who must not decide the approval. */
  readonly notBy?: string;
}

/** The properties of an entry about a branch of a stage. */
interface BranchFields {
  /** The id of the branch, which is that of its step or of its primary. */
  readonly branch?: string;
  /** In the first such entry of a stage: the ids of all its branches, in their declared order. */
  readonly branches?: readonly string[];
}

/** The common properties of the entries of a step's attempts. */
interface AttemptFields extends BranchFields {
  /** The id of the step. */
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  /** By the clock of the worker. */
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** An act returned. The entry also makes it durable that the next step may begin. */
export interface ActCompleted extends AttemptFields, WaitStart, PathStart {
  readonly kind: 'act-completed';
  /** The saga is never undone from here on. The fold trusts this mark, whatever kind the step has today. */
  readonly pivot?: true;
  /** The context after the step; undefined if the step did not change it, or if contexts were not read. */
  readonly context?: Json;
  readonly response?: Json;
  /** The events that the step emitted: a JSON list of `{ name?, event }`, with the name of each event's class. */
  readonly events?: Json;
}

/**
 * An attempt of an act failed. `next` is the decision about what follows, so that a recovery follows the same decision.
 */
export interface ActFailed extends AttemptFields {
  readonly kind: 'act-failed';
  readonly error: RecordedError;
  /**
   * The outcome of this attempt alone; `completed` if the act returned a value that cannot be stored: its effect is
   * there and must be undone.
   */
  readonly outcome: StepOutcome;
  readonly response?: Json;
  /**
   * `undo-first`: the effect of this primary may be there, so it is undone before its alternative begins. `halt`: the
   * saga can neither be undone nor continue, and is STUCK.
   */
  readonly next: 'retry' | 'alternative' | 'undo-first' | 'compensate' | 'halt';
  /** With `halt`: the reason. */
  readonly stuck?: ForwardStuckReason;
  /** With `retry`: the next attempt does not start earlier. */
  readonly retryAt?: Date;
  /** With `retry`: the saga is late, by the number of its attempts or by its deadline, and an operator should know. */
  readonly overdue?: true;
  /** With `retry`: no worker runs the saga until then. */
  readonly park?: Park;
  /**
   * With `compensate` or `alternative`: this step is undone too, because its effect is there or may be there, of this
   * attempt or of an earlier one.
   */
  readonly undo: boolean;
}

/** The reason why a saga is STUCK on its way forward, at a step that is not undone. */
export type ForwardStuckReason = Extract<SagaStuckReason, 'pivot-in-doubt' | 'forward-exhausted'>;

/** A compensation returned: the step is undone. */
export interface CompensationCompleted extends AttemptFields {
  readonly kind: 'compensation-completed';
  /** The context after the compensation, as for an act. */
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

/** A worker claimed the saga: from here on, every append of an earlier owner finds its `seq` used. */
export interface Claimed {
  readonly kind: 'claimed';
  /** The status in which it was claimed: `pending` for the first claim of a queued saga, which is not a recovery. */
  readonly from: 'pending' | 'running' | 'compensating';
  /** It was waiting without an owner, so nothing of it ran, and its time has come. */
  readonly parked?: true;
}

/** A worker released the saga in an orderly way, so that the next claim is not a recovery from a crash. */
export interface Released {
  readonly kind: 'released';
  /**
   * `shutdown`: the process stops. `quarantine`: the process never ran the saga, because the last owners died and the
   * saga waits to be tried alone, because the claim's answer was lost, or because the journal could not be read.
   * `trouble`: the process could not run the saga; the next claim still counts as a recovery.
   */
  readonly reason: 'shutdown' | 'quarantine' | 'trouble';
  /**
   * The acts that this owner began and that have no entry: none if it stopped between two steps. In a stage with
   * branches, the ids of the branches. Undefined in entries of earlier releases: the next act may have begun.
   */
  readonly begun?: readonly string[];
}

/** A caller asked for the saga to be cancelled. The owner decides what follows. */
export interface CancelRequested {
  readonly kind: 'cancel-requested';
  readonly reason: string;
  readonly actor?: string;
}

/** The owner found that the saga has passed its deadline: from here on it is as after the request of a cancel. */
export interface DeadlinePassed {
  readonly kind: 'deadline-passed';
}

/** The owner decided to compensate without a failed act: the point of no return of a cancel. */
export interface CompensationDecided {
  readonly kind: 'compensation-decided';
  /**
   * The steps that were begun and have no result in the journal, or only failed ones, with the known outcomes of their
   * acts. Their effects may be there, so they are undone first, the last one before the others.
   */
  readonly undo: readonly BegunStep[];
}

/** A step whose act was begun and did not complete. */
export interface BegunStep {
  readonly step: string;
  readonly outcome: 'failed' | 'unknown';
}

/**
 * After the decision to compensate, no branch of the stage runs any more: these may have begun, and no entry says how
 * they ended.
 */
export interface BranchesAbandoned {
  readonly kind: 'branches-abandoned';
  /** The ids of their steps. */
  readonly steps: readonly string[];
  /** Those whose effects may be there, so they are undone with the other branches. */
  readonly undo: readonly BegunStep[];
}

/** An operator resumed a STUCK saga at the step at which it got stuck. */
export interface RetryRequested {
  readonly kind: 'retry-requested';
  readonly actor: string;
  readonly note?: string;
}

/**
 * An operator's statement about the step at which a saga is STUCK. `done`: its act, or its compensation, was done by
 * hand. `not-done`: its act has no effect, and the saga is compensated without it.
 */
export type StepResolution = 'done' | 'not-done';

/** An operator resolved a step of a STUCK saga. */
export interface StepResolved extends BranchFields {
  readonly kind: 'step-resolved';
  readonly step: string;
  readonly actor: string;
  readonly note: string;
  readonly outcome: StepResolution;
  /** With `done`: the saga is never undone from here on, as for an act that returned. */
  readonly pivot?: true;
}

/** The saga cannot continue by itself. */
export interface MarkedStuck extends BranchFields {
  readonly kind: 'stuck';
  readonly reason: SagaStuckReason;
  readonly step?: string;
  readonly message: string;
}

/** A caller sent a signal to the saga, or a person decided an approval. */
export interface SignalReceived {
  readonly kind: 'signal-received';
  /** The name of the signal, or the id of the approval for a decision. */
  readonly name: string;
  readonly payload?: Json;
  /** Only one signal of this name and id counts. */
  readonly dedupeId?: string;
  readonly actor?: string;
  readonly note?: string;
  readonly decision?: 'approved' | 'rejected';
  /** Set if the signal ends the saga's current wait. */
  readonly wakes?: true;
}

/** An owner began a wait that no earlier entry began, or found that a wait is not over yet. */
export interface Parked extends WaitStart {
  readonly kind: 'parked';
}

/** A wait is over. The entry also makes it durable that the next step may begin, unless the saga is undone. */
export interface WaitEnded extends WaitStart, PathStart {
  readonly kind: 'wait-ended';
  /** The id of the wait. */
  readonly step: string;
  /** `failed`: a function of its definition threw. */
  readonly outcome: 'elapsed' | 'signal' | 'timed-out' | 'failed';
  /** The `seq` of the signal that ended it. */
  readonly signal?: number;
  /** The context with the signal applied; undefined if the context stays as it was. */
  readonly context?: Json;
  /** With `compensate` or `halt`: the reason. */
  readonly error?: RecordedError;
  /** `halt`: a function of its definition threw after the pivot, so the saga is STUCK at this wait. */
  readonly next?: 'compensate' | 'halt';
}

/** An owner decided the path at a stage to which no earlier entry led with a decision. */
export interface PathDecided {
  readonly kind: 'path-decided';
  readonly path: SagaPath;
}

/** The saga's end, if it is not part of the last step's entry. */
export interface Settled {
  readonly kind: 'settled';
}

/**
 * A handler did not handle an event in all its attempts. The saga continues; an operator can have the event delivered
 * again.
 */
export interface DeliveryFailed {
  readonly kind: 'delivery-failed';
  /** The `seq` of the entry with the event. */
  readonly emittedSeq: number;
  /** The index of the event among those of that entry, from 0. */
  readonly index: number;
  readonly handler: string;
  readonly error: RecordedError;
}

/** The property of an entry that changes the saga's status. */
interface StatusChange {
  /**
   * The status from this entry on. The process that writes the entry decides it once, by its own definition. A later
   * reader with another definition does not change it.
   */
  readonly status?: SagaStatus;
}

/** An entry of any kind before it is written to the journal. */
export type EntryDraft = (
  | ActCompleted
  | ActFailed
  | CompensationCompleted
  | CompensationFailed
  | Claimed
  | Released
  | CancelRequested
  | DeadlinePassed
  | CompensationDecided
  | BranchesAbandoned
  | RetryRequested
  | StepResolved
  | MarkedStuck
  | DeliveryFailed
  | SignalReceived
  | Parked
  | WaitEnded
  | PathDecided
  | Settled
) &
  StatusChange;

const attempt = ['step', 'attempt', 'startedAt', 'finishedAt'] as const;

/** Every kind of entry, with the properties that each entry of the kind has in every journal. */
export const entryKinds: { readonly [Kind in EntryDraft['kind']]: readonly PropertyOf<Kind>[] } = {
  'act-completed': attempt,
  'act-failed': [...attempt, 'error', 'outcome', 'next'],
  'compensation-completed': attempt,
  'compensation-failed': [...attempt, 'error', 'outcome', 'next'],
  claimed: ['from'],
  released: ['reason'],
  'cancel-requested': ['reason'],
  'deadline-passed': [],
  'compensation-decided': ['undo'],
  'branches-abandoned': ['steps', 'undo'],
  'retry-requested': ['actor'],
  'step-resolved': ['step', 'actor', 'note', 'outcome'],
  stuck: ['reason', 'message'],
  'delivery-failed': ['emittedSeq', 'index', 'handler', 'error'],
  'signal-received': ['name'],
  parked: [],
  'wait-ended': ['step', 'outcome'],
  'path-decided': ['path'],
  settled: [],
};

type PropertyOf<Kind extends EntryDraft['kind']> = keyof Extract<EntryDraft, { readonly kind: Kind }>;

/** The drafts of a step's attempts. */
export type StepEntryDraft = (ActCompleted | ActFailed | CompensationCompleted | CompensationFailed) &
  StatusChange;

/** The properties that an entry gets when it is written. */
export interface EntryStamp {
  /** From 1, without gaps. */
  readonly seq: number;
  /** The worker that wrote it; undefined for a request from outside. */
  readonly worker: string | undefined;
  /** By the clock of the storage. */
  readonly recordedAt: Date;
}

/** An entry in the journal of a saga. It never changes once written. */
export type JournalEntry = EntryDraft & EntryStamp;

/** An entry of a step's attempt. */
export type StepEntry = StepEntryDraft & EntryStamp;
