import type { LoadedSaga } from '@nest-saga/core';
import type { LedgerRow } from './ledger-row.js';

/** An answer by which a caller knows that its request is durable. */
export type Acknowledgement =
  | { readonly kind: 'start'; readonly sagaId: string; readonly key?: string }
  | { readonly kind: 'cancel'; readonly sagaId: string }
  | { readonly kind: 'retry'; readonly sagaId: string }
  | { readonly kind: 'signal'; readonly sagaId: string; readonly name: string; readonly dedupeId?: string };

/** The names of the signals that end each wait, by the id of the wait. */
export type AwaitedSignals = Readonly<Record<string, readonly string[]>>;

/** The time in which a process may run sagas under one lease, by the storage's clock. */
export interface LeaseSpan {
  readonly process: string;
  /** The id under which the lease was registered; without it, the lease of a call is found by its process. */
  readonly worker?: string;
  readonly validFrom: number;
  /** When the lease's row expired or was removed; infinite while it is renewed. */
  readonly validUntil: number;
}

/** The results that a watcher of one saga got. */
export interface WatcherRecord {
  readonly watcher: string;
  readonly sagaId: string;
  /** The watch began after this `seq`. */
  readonly fromSeq: number;
  readonly seen: readonly WatchedResult[];
  /** Whether it got the end of the saga, and not only the news that it is stuck. */
  readonly isEnded: boolean;
}

/** One result as a watcher got it. */
export interface WatchedResult {
  readonly seq: number;
  readonly at: number;
  /** The last `seq` that was durable at that moment, if the test knows it. */
  readonly durableSeq?: number;
}

/** An event of the application that a listener got. */
export interface EmittedEvent {
  readonly sagaId: string;
  readonly seq: number;
  /** When its handler was done, by the storage's clock, if the test knows it. */
  readonly handledAt?: number;
  /** The last `seq` that was durable at that moment, if the test knows it. */
  readonly durableSeq?: number;
}

/** All evidence of a run after everything has come to rest. */
export interface CrashEvidence {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly ledger: readonly LedgerRow[];
  /** All headers with their journals, as stored at the end. */
  readonly sagas: readonly LoadedSaga[];
  /** Sagas that were read during the run, in order. */
  readonly snapshots?: readonly LoadedSaga[];
  readonly leases?: readonly LeaseSpan[];
  readonly watchers?: readonly WatcherRecord[];
  /** The events that all listeners together got; without it the delivery of events is not judged. */
  readonly emitted?: readonly EmittedEvent[];
  /** Without it, waits that are not approvals are not judged for signals that they missed. */
  readonly awaited?: AwaitedSignals;
}

/** A broken promise. */
export interface Violation {
  readonly rule: ViolationRule;
  readonly sagaId: string;
  readonly detail: string;
}

/** The rules that a run can break. */
export type ViolationRule =
  | 'acknowledged-lost'
  | 'started-twice'
  | 'not-ended'
  | 'seq-gap'
  | 'completed-twice'
  | 'act-after-decision'
  | 'act-after-completion'
  | 'undo-before-decision'
  | 'undo-order'
  | 'undo-missing'
  | 'undone-though-completed'
  | 'effect-missing'
  | 'effect-left-standing'
  | 'status-not-of-journal'
  | 'terminal-changed'
  | 'journal-changed'
  | 'overlap'
  | 'not-owner'
  | 'without-lease'
  | 'idempotency-key'
  | 'fencing-token'
  | 'wrote-after-fence'
  | 'wrong-context'
  | 'wrong-outcome'
  | 'shown-too-early'
  | 'shown-out-of-order'
  | 'not-shown'
  | 'event-lost'
  | 'went-on-unacknowledged'
  | 'wait-ended-twice'
  | 'wait-too-short'
  | 'wrong-signal'
  | 'signal-missed'
  | 'signal-recorded-twice'
  | 'owned-while-parked'
  | 'park-not-of-journal'
  | 'deadline-too-early'
  | 'ran-past-deadline'
  | 'decided-twice'
  | 'skipped-ran'
  | 'undone-past-pivot'
  | 'undone-in-doubt'
  | 'forward-signalled';
