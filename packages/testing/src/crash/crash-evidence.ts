import type { LoadedSaga } from '@nest-saga/core';
import type { LedgerRow } from './ledger-row.js';

/** Something that a caller was told is durable. */
export type Acknowledgement =
  | { readonly kind: 'start'; readonly sagaId: string; readonly key?: string }
  | { readonly kind: 'cancel'; readonly sagaId: string }
  | { readonly kind: 'retry'; readonly sagaId: string };

/** The time in which a process might run sagas by one lease, by the storage's clock. */
export interface LeaseSpan {
  readonly process: string;
  /** The id that the lease was taken under; without it a call's lease is looked for by its process. */
  readonly worker?: string;
  readonly validFrom: number;
  /** When the lease's row expired or was removed; infinite while it is renewed. */
  readonly validUntil: number;
}

/** What a reader of one saga was shown. */
export interface WatcherRecord {
  readonly watcher: string;
  readonly sagaId: string;
  /** It asked for what comes after this. */
  readonly fromSeq: number;
  readonly seen: readonly WatchedResult[];
  /** It was told that the saga ended, and not only that it is stuck. */
  readonly isEnded: boolean;
}

/** One result as a reader was shown it. */
export interface WatchedResult {
  readonly seq: number;
  readonly at: number;
  /** The last place that was durable at that moment, where the test can see it. */
  readonly durableSeq?: number;
}

/** An event of the application that a listener was told. */
export interface EmittedEvent {
  readonly sagaId: string;
  readonly seq: number;
  /** The last place that was durable at that moment, where the test can see it. */
  readonly durableSeq?: number;
}

/** Everything that is known about a run once nothing moves any more. */
export interface CrashEvidence {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly ledger: readonly LedgerRow[];
  /** Every header with its journal, as stored at the end. */
  readonly sagas: readonly LoadedSaga[];
  /** What was read during the run, in order. */
  readonly snapshots?: readonly LoadedSaga[];
  readonly leases?: readonly LeaseSpan[];
  readonly watchers?: readonly WatcherRecord[];
  /** What all listeners together were told; without it the delivery of events is not judged. */
  readonly emitted?: readonly EmittedEvent[];
}

/** A promise that a run broke. */
export interface Violation {
  readonly rule: ViolationRule;
  readonly sagaId: string;
  readonly detail: string;
}

/** What can be broken. */
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
  | 'event-lost';
