import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import type { Json } from '../context/context-codec.js';
import type { SagaIdentity } from '../definition/saga-registry.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { HeaderChange } from '../journal/header-change.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { Park, SagaWaiting } from '../journal/park.js';
import type { SagaHeader, SagaHeading } from '../journal/saga-header.js';
import type { SagaPath } from '../journal/saga-path.js';
import type { SagaStatus } from '../journal/saga-status.js';
import type { ListPosition } from './list-cursor.js';
import type { PurgeRequest } from './purge.js';
import type { NewPointer, SagaOutbox } from './saga-outbox.js';
import type { SagaOversight } from './saga-oversight.js';
import type { Surroundings } from './surroundings.js';

/** A saga to be stored for the first time. */
export interface NewSaga {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  readonly key: string | undefined;
  readonly context: Json;
  readonly metadata: Readonly<Record<string, string>>;
  /** The worker that will run it (its status is then RUNNING), or undefined to queue it (PENDING). */
  readonly owner: string | undefined;
  /** Only for a queued saga: no worker claims it before this time is over. */
  readonly park?: Park | undefined;
  /** After how long its deadline is, in milliseconds, by the clock of the storage; undefined: it has none. */
  readonly deadlineInMs?: number | undefined;
  /** The execution that started it and awaits its end; undefined: none. */
  readonly parentId?: string | undefined;
  /** The execution that it undoes, if `path` has a reversal: its status is COMPENSATING from its beginning. */
  readonly reverses?: string | undefined;
  /** The decisions made at its start; undefined if there are none. */
  readonly path?: SagaPath | undefined;
  /** At most 16 different texts of 1 to 100 characters, by which lists find it; undefined: it has none. */
  readonly tags?: readonly string[] | undefined;
}

/** The result of a start. `exists`: the id or the key is used by the saga of this header; nothing was written. */
export type StartResult =
  { readonly kind: 'started' } | { readonly kind: 'exists'; readonly header: SagaHeader };

/** One entry to be appended at its `seq`. */
export interface AppendRequest {
  readonly sagaId: string;
  /** Last seen + 1: the append succeeds only if there is no entry with this `seq` yet. */
  readonly seq: number;
  /** The worker that writes; undefined for a request from outside. */
  readonly worker: string | undefined;
  readonly entry: EntryDraft;
  readonly change?: HeaderChange;
  /** Messages of the entry that are to be delivered, stored together with it. Absent if there are none. */
  readonly pointers?: readonly NewPointer[];
  /** A message to another saga, which is stored together with the entry or not at all. */
  readonly tell?: SagaMessage;
  /**
   * A queued saga that is stored together with the entry, or not at all: never if the entry is fenced. If its id or its key
   * is used already, the entry is stored, and the saga that has them stays as it is.
   */
  readonly start?: NewSaga;
}

/** A message to a saga: an entry, which a worker appends to the journal of that saga as a request. */
export interface SagaMessage {
  /** A UUID. A message may be delivered several times; the receiver recognises it by this id. */
  readonly id: string;
  readonly sagaId: string;
  readonly entry: EntryDraft;
}

/** The saga of a message: its id, or its name and the key that it was started with. */
export type MessageTarget = { readonly sagaId: string } | { readonly saga: string; readonly key: string };

/** The limits of a transaction of `transact`. */
export interface TransactionLimits {
  /** It is ended after this time, in milliseconds, even if this process cannot end it; undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

/** A transaction of `transact`. Its methods are called one after another. */
export interface StorageTransaction {
  /** What the application gets of it, to write its own data. */
  readonly handle: unknown;
  /**
   * As `append`, within the transaction. If it is fenced, the transaction can still be used. Rejects with any error of the
   * database; then it can only be rolled back.
   */
  append(request: AppendRequest): Promise<AppendResult>;
  /** Commits. If it rejects, the outcome may be unknown: only the journal shows it. */
  commit(): Promise<void>;
  /** Ends the transaction at once, whatever it is doing: it is rolled back, and its other calls fail. */
  abandon(): void;
  /**
   * Whether an error of a call, or one that the application got from the database, says that the transaction failed for a
   * reason that may be gone at the next try: a conflict with another one, or a lost connection.
   */
  isTransient(error: unknown): boolean;
}

/** The request of a worker for messages to deliver. */
export interface MessageRequest {
  readonly limit: number;
  /** For how long no other request returns the same messages, in milliseconds, by the clock of the storage. */
  readonly leaseMs: number;
  /** Called with each message that this release cannot read. It stays stored, and is returned again after its lease. */
  readonly onUnreadable?: (message: Pick<SagaMessage, 'id' | 'sagaId'>, error: SagaStorageError) => void;
}

/** `stored`: durable. `fenced`: the `seq` is used already, or the saga is unknown or terminal; nothing was written. */
export type AppendResult = 'stored' | 'fenced';

/** A saga with its journal, both as of one moment: after a claim, as of that claim. */
export interface LoadedSaga {
  readonly header: SagaHeader;
  readonly entries: readonly JournalEntry[];
  /** There are more entries than one read returns: load again after the last of these. Absent after a claim. */
  readonly isCut?: true;
}

/** The state of a saga as of one moment, without most values of its steps. */
export interface SagaOutline {
  readonly header: SagaHeader;
  /** The context after the last step. */
  readonly context: Json;
  /** The entries without contexts, responses, events and payloads. */
  readonly entries: readonly JournalEntry[];
  /** If it is `false`, the entries end before one that cannot be read. */
  readonly isWhole: boolean;
}

/** The position of a reader in a journal. */
export interface JournalCursor {
  readonly sagaId: string;
  /** Requests the entries after this one: from 0 to `maximumSeq`. */
  readonly afterSeq: number;
}

/** The news after a cursor. Only for sagas that have news or are terminal, stuck or unknown. */
export interface JournalNews {
  readonly sagaId: string;
  /** Undefined if there is no such saga. */
  readonly header: SagaHeading | undefined;
  /** The entries without their contexts. */
  readonly entries: readonly JournalEntry[];
  /** There is more news than one read returns: ask again with the last of these entries. */
  readonly isCut: boolean;
}

/** The request of a worker for sagas to run. */
export interface ClaimRequest {
  readonly worker: string;
  /** The sagas that it can run; other rows stay unchanged. */
  readonly sagas: readonly SagaIdentity[];
  readonly limit: number;
  /** Only this saga, if it is claimable. */
  readonly sagaId?: string;
  /**
   * Called with each saga that was claimed but cannot be read here. The storage releases it, so that others can claim
   * it after a while.
   */
  readonly onUnreadable?: (sagaId: string, error: SagaStorageError) => void;
}

/** One saga to be released by its worker. */
export interface ReleaseRequest {
  readonly sagaId: string;
  /**
   * Last seen + 1: the `seq` of the `released` entry. Undefined for a saga whose journal the worker has not seen: the
   * next free `seq`.
   */
  readonly seq: number | undefined;
  readonly worker: string;
  /**
   * As in the journal. Also `quarantine` if this worker never ran it: then the next claim does not count as a recovery.
   */
  readonly reason: 'shutdown' | 'quarantine' | 'trouble';
  /** As in the journal: the acts that this worker began and that have no entry. */
  readonly begun: readonly string[];
  /** No worker can claim it before this time is over, in milliseconds. */
  readonly delayMs: number;
}

/** The filters of a list of sagas. */
export interface SagaListQuery {
  /** One status, or several. */
  readonly status?: SagaStatus | readonly SagaStatus[];
  readonly saga?: string;
  readonly key?: string;
  /** The beginning of the key. */
  readonly keyPrefix?: string;
  /** Only sagas with all of these tags. */
  readonly tags?: readonly string[];
  /** Only sagas that wait without an owner: a kind of wait, such as `signal`, or a wait with its name, such as `signal:delivery`. */
  readonly waiting?: string;
  /** The id of the worker that runs them. */
  readonly owner?: string;
  /** Only open and stuck sagas whose last attempt has at least this number, from 1. */
  readonly minimumAttempts?: number;
  /** Only open and stuck sagas with at least this many recoveries since the last progress, from 1. */
  readonly minimumRecoveries?: number;
  /** Only open and stuck sagas without a new entry for at least this time, in milliseconds, by the clock of the storage. */
  readonly staleForMs?: number;
  /** Created at or after this time. */
  readonly from?: Date;
  /** Created before this time. */
  readonly to?: Date;
  /** `newest` (the default) or `oldest` first, by creation. */
  readonly order?: 'newest' | 'oldest';
  /** The end of the last page: opaque, from `SagaPage.nextCursor`. */
  readonly cursor?: string;
  /** A whole number from 1 to 1,000, checked by `checkListLimit`. */
  readonly limit: number;
}

/** One page of a list. */
export interface SagaPage {
  readonly sagas: readonly SagaHeading[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

/** The request for sagas that wait without an owner, by what they wait for. */
export interface WaitingListQuery {
  readonly for: 'approval';
  readonly saga?: string;
  /** Only waits with these names, of these sagas; without it all. */
  readonly among?: readonly NamedWait[];
  /** The end of the last page: opaque, from `SagaPage.nextCursor`. */
  readonly cursor?: string;
  /** A whole number from 1 to 1,000, checked by `checkListLimit`. */
  readonly limit: number;
}

/** A wait of a saga, by the name under which the saga waits. */
export interface NamedWait extends SagaIdentity {
  readonly name: string;
}

/** Counts and ages for health and metrics: no contexts, no ids. */
export interface StorageSummary {
  readonly pending: number;
  readonly running: number;
  readonly compensating: number;
  readonly stuck: number;
  /** Open sagas that have no owner because they wait. They also count among the open ones. */
  readonly waiting: number;
  /** The same sagas by what they wait for; a kind of wait that no saga is in is left out. */
  readonly waitingFor: Readonly<Partial<Record<SagaWaiting['for'], number>>>;
  /**
   * The age of the oldest open saga, in milliseconds; undefined if none is open. Sagas that wait for anything except
   * the next attempt of a step are left out, and a saga whose wait is over has the age since then.
   */
  readonly oldestOpenAgeMs: number | undefined;
  /** Open sagas by name and version, so that a process can report those that are not registered. */
  readonly open: readonly (SagaIdentity & { readonly count: number })[];
}

/**
 * The port to the storage of sagas. Each method either resolves or rejects with a `SagaStorageError` that contains the
 * known outcome of the write (an invalid cursor or limit of a list is refused with an `InvalidArgumentError`). No
 * method calls user code.
 *
 * The rules that all implementations follow, and that the contract suite in `@nest-saga/testing` checks:
 * - the answer to a write means that it is durable, and so is the entry or the saga that prevented it (`exists`,
 *   `fenced`);
 * - `(sagaId, seq)` is unique and without gaps, and appending is a compare-and-swap on it;
 * - an entry and its header change are stored together or not at all;
 * - a terminal saga never changes.
 */
export interface SagaStorage {
  /** The problems of its options, which are reported together with all other problems. */
  readonly optionProblems?: readonly SagaDefinitionProblem[];
  /**
   * The reason why writes are not possible at the moment although reads may be, as far as the storage knows; undefined
   * if there is none. It is shown by health checks, so it contains no host, no user and no saga.
   */
  readonly problem?: string | undefined;
  /** The messages that are still to be delivered. Absent: the storage has no place for them. */
  readonly outbox?: SagaOutbox;
  /** For people who operate sagas. Absent: the operations page reveals no values and shows no workers. */
  readonly oversight?: SagaOversight;
  /**
   * Prepares the storage, including migrations. Called once before everything else.
   *
   * @param surroundings The storage runs shared work in them, such as a write of many sagas.
   */
  open(surroundings?: Surroundings): Promise<void>;
  /** Releases the resources of `open`. */
  close(): Promise<void>;
  /**
   * Rejects if the storage cannot be used in its current state, for example because its schema is behind. Changes
   * nothing.
   */
  check?(): Promise<void>;

  /** Stores a saga, once for each id and each (saga, key). */
  start(saga: NewSaga): Promise<StartResult>;
  /** Appends one entry at its `seq`, together with its header change. */
  append(request: AppendRequest): Promise<AppendResult>;

  /**
   * Resolves when everything that could be read before the call is durable. Absent if uncommitted or undurable data can
   * never be read. With synchronous replication, a write whose wait for the standby was cancelled can be read, and be
   * lost in a failover.
   */
  untilDurable?(): Promise<void>;

  find(sagaId: string): Promise<SagaHeading | undefined>;
  findByKey(saga: string, key: string): Promise<SagaHeading | undefined>;
  /**
   * The header and the entries after `afterSeq` with all their values, as one consistent view; as many entries as
   * `maximumBytesRead` allows, but at least one. Rejects if they cannot be read.
   *
   * @param afterSeq From 0, the default, to `maximumSeq`.
   */
  load(sagaId: string, afterSeq?: number): Promise<LoadedSaga | undefined>;
  /**
   * The news after each cursor, as much as `maximumBytesRead` allows, but at least one entry; the header and the
   * entries of a saga are one consistent view. If an entry of a journal cannot be read, its news end before it, and the
   * others are not affected.
   */
  readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]>;
  /**
   * The outlines of sagas, in the order of the ids, without those that are unknown; as many as `maximumBytesRead` allows,
   * but at least one.
   */
  readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]>;
  list(query: SagaListQuery): Promise<SagaPage>;
  /** Sagas that wait without an owner, in the order of the names of their waits, then of their creation, then of their ids. */
  listWaiting(query: WaitingListQuery): Promise<SagaPage>;
  /** Counts and ages of the sagas that are open or stuck. */
  summarize(): Promise<StorageSummary>;

  /**
   * Deletes sagas that ended, the oldest first, each together with its journal or not at all, and returns them in the order of
   * their creation. A key of a deleted saga is free. It leaves out sagas with messages in the outbox, parents, children and
   * originals of sagas that have not ended, and sagas that another call is deleting.
   */
  purge(request: PurgeRequest): Promise<readonly ListPosition[]>;

  /** Writes the row of a new worker. Ids of workers are never used again. */
  registerWorker(worker: string, leaseDurationMs: number): Promise<void>;
  /** Extends the lease. False: the row is gone or had expired, so other workers may have the sagas. */
  renewWorker(worker: string, leaseDurationMs: number): Promise<boolean>;
  /** Deletes the worker's row: other workers release its remaining sagas at once. */
  removeWorker(worker: string): Promise<void>;

  /**
   * Claims sagas (open, without an owner, due) for a worker, with a `claimed` entry in each, which has `parked` if the
   * saga waited; it does not wait any more then. Returns only the sagas of this very call; those that another call is
   * claiming are skipped. Each has its whole journal, with the last context and the last events alone: a recovery needs no
   * earlier ones.
   */
  claim(request: ClaimRequest): Promise<readonly LoadedSaga[]>;
  /** Releases the sagas of workers whose lease has expired, so that they can be claimed. Returns their number. */
  releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number>;
  /**
   * Releases sagas, with a `released` entry in each; they do not wait any more then. Sagas that have other entries
   * since, or another owner, are left alone.
   */
  release(requests: readonly ReleaseRequest[]): Promise<void>;
  /** The ids of the open sagas whose owner in the storage is this worker. */
  listOwned(worker: string): Promise<readonly string[]>;

  /** Leases messages that are not leased, the oldest first. Those that another call is leasing are skipped. */
  takeMessages(request: MessageRequest): Promise<readonly SagaMessage[]>;
  /** Deletes messages that were delivered or refused. */
  removeMessages(ids: readonly string[]): Promise<void>;

  /**
   * Runs work in a transaction: what it does with the handle, and the entry that it appends, are stored together or not at all.
   * If the work has not committed when it ends, everything is rolled back. Absent if the storage has no transactions for the
   * application's own data.
   *
   * @throws What the work throws. SagaStorageError (not-written) if no transaction can be begun.
   */
  transact?<Result>(
    work: (transaction: StorageTransaction) => Promise<Result>,
    limits: TransactionLimits,
  ): Promise<Result>;

  // The following methods take part in a transaction that a caller began; all of them are absent if the storage knows no
  // such transactions. The handle is what the caller has of it. Rejects with an `InvalidArgumentError` if it is not a handle of
  // an open transaction on the data of this storage.

  /** As `start`, for a saga without an owner; it is durable and visible when the transaction is committed. */
  startIn?(handle: unknown, saga: NewSaga): Promise<StartResult>;
  /** The saga as the transaction sees it, undefined if there is none. */
  findIn?(handle: unknown, target: MessageTarget): Promise<SagaHeading | undefined>;
  /** Stores a message to a saga; it is durable, and is delivered, when the transaction is committed. */
  tellIn?(handle: unknown, message: SagaMessage): Promise<void>;
  /**
   * Resolves at the end of the transaction, with true if it is known to be committed. Asked for before a write. False also if
   * the answer to the commit was lost.
   */
  transactionEnd?(handle: unknown): Promise<boolean>;

  /**
   * Calls the listener when there may be news: a saga was queued or released (`work`), or a journal grew (`saga`). It
   * is only a hint, which may be missing or late. Returns the function that ends it. Absent if a storage has no hints.
   */
  onHint?(listener: (hint: StorageHint) => void): () => void;
}

/** See {@link SagaStorage.onHint}. */
export type StorageHint = { readonly kind: 'work' } | { readonly kind: 'saga'; readonly sagaId: string };
