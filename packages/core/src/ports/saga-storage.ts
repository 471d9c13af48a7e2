import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import type { Json } from '../context/context-codec.js';
import type { SagaIdentity } from '../definition/saga-registry.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { HeaderChange } from '../journal/header-change.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { Park } from '../journal/park.js';
import type { SagaHeader, SagaHeading } from '../journal/saga-header.js';
import type { SagaStatus } from '../journal/saga-status.js';
import type { Surroundings } from './surroundings.js';

/** A saga that is to be stored for the first time. */
export interface NewSaga {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  readonly key: string | undefined;
  readonly context: Json;
  readonly metadata: Readonly<Record<string, string>>;
  /** The worker that will run it (it is RUNNING then), or undefined to queue it (PENDING). */
  readonly owner: string | undefined;
  /** A queued one only: no worker claims it before this is over. */
  readonly park?: Park | undefined;
}

/** What became of a start. `exists`: the id or the key was taken, by the saga of this header; nothing was written. */
export type StartResult =
  { readonly kind: 'started' } | { readonly kind: 'exists'; readonly header: SagaHeader };

/** One entry to be written in its place. */
export interface AppendRequest {
  readonly sagaId: string;
  /** Last seen + 1: the append succeeds only if nothing is there yet. */
  readonly seq: number;
  /** The worker that writes; undefined for a request from outside. */
  readonly worker: string | undefined;
  readonly entry: EntryDraft;
  readonly change?: HeaderChange;
}

/** `stored`: durable. `fenced`: the place was taken, or the saga is unknown or terminal; nothing was written. */
export type AppendResult = 'stored' | 'fenced';

/** A saga with its whole journal, both of one moment: after a claim, of the moment of that claim. */
export interface LoadedSaga {
  readonly header: SagaHeader;
  readonly entries: readonly JournalEntry[];
}

/** What says where a saga stands, all of one moment: not every value that its steps made. */
export interface SagaOutline {
  readonly header: SagaHeader;
  /** The context as the last step left it. */
  readonly context: Json;
  /** Without contexts, responses and events. */
  readonly entries: readonly JournalEntry[];
  /** With `false` they end before an entry that cannot be read. */
  readonly isWhole: boolean;
}

/** How far a reader has come in a journal. */
export interface JournalCursor {
  readonly sagaId: string;
  /** Entries after this one are asked for: from 0 to `maximumSeq`. */
  readonly afterSeq: number;
}

/** What is new behind a cursor. Given only for sagas that have news or are terminal, stuck or unknown. */
export interface JournalNews {
  readonly sagaId: string;
  /** Undefined: no such saga. */
  readonly header: SagaHeading | undefined;
  /** Without their contexts. */
  readonly entries: readonly JournalEntry[];
  /** More has happened than one read gives: ask again behind the last of these. */
  readonly isCut: boolean;
}

/** What a worker asks for when it looks for sagas to run. */
export interface ClaimRequest {
  readonly worker: string;
  /** What it can run; every other row stays as it is. */
  readonly sagas: readonly SagaIdentity[];
  readonly limit: number;
  /** Only this saga, if it is claimable. */
  readonly sagaId?: string;
  /** Is told what was taken and cannot be read here; the storage gives it back, for others to claim after a while. */
  readonly onUnreadable?: (sagaId: string, error: SagaStorageError) => void;
}

/** One saga that a worker lets go. */
export interface ReleaseRequest {
  readonly sagaId: string;
  /** Last seen + 1: where the `released` entry is written. Undefined for a saga that nobody saw: where its journal ends. */
  readonly seq: number | undefined;
  readonly worker: string;
  /** As in the journal. `quarantine` too where this worker never ran it: the next claim is no recovery then. */
  readonly reason: 'shutdown' | 'quarantine' | 'trouble';
  /** As in the journal: the acts that this worker began and that have no record. */
  readonly begun: readonly string[];
  /** Before this many milliseconds nobody claims it. */
  readonly delayMs: number;
}

/** What a list of sagas is narrowed to. */
export interface SagaListQuery {
  readonly status?: SagaStatus;
  readonly saga?: string;
  readonly key?: string;
  /** Created at or after. */
  readonly from?: Date;
  /** Created before. */
  readonly to?: Date;
  /** `newest` (the default) or `oldest` first, by creation. */
  readonly order?: 'newest' | 'oldest';
  /** Where the last page ended: opaque, as `SagaPage.nextCursor` gave it. */
  readonly cursor?: string;
  /** A whole number from 1 to 1,000, which `checkListLimit` checks. */
  readonly limit: number;
}

/** One page of a list. */
export interface SagaPage {
  readonly sagas: readonly SagaHeading[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

/** Counts and ages for health and metrics: no contexts, no ids. */
export interface StorageSummary {
  readonly pending: number;
  readonly running: number;
  readonly compensating: number;
  readonly stuck: number;
  /** Open sagas that have no owner because they wait, counted among the open ones too. */
  readonly waiting: number;
  /**
   * How long ago the oldest open saga was created, in milliseconds; undefined if none is open. Leaves out what waits for
   * anything but the next attempt of a step.
   */
  readonly oldestOpenAgeMs: number | undefined;
  /** Open sagas by what they are, so that a process can say which of them nobody here knows. */
  readonly open: readonly (SagaIdentity & { readonly count: number })[];
}

/**
 * The port to where sagas are kept. Every method either answers or rejects with a `SagaStorageError` that says what
 * is known about the write (a cursor that no page gave, or a limit of a list that is out of range, is refused with an
 * `InvalidArgumentError`); none of them calls user code.
 *
 * The rules that every implementation holds, and that the contract suite in `@nest-saga/testing` checks:
 * - an answer of a write means that it is durable, and so is what was in its way (`exists`, `fenced`);
 * - `(sagaId, seq)` is unique and without gaps, and appending is a compare-and-swap on it;
 * - an entry and its header change are stored together or not at all;
 * - a terminal saga never changes.
 */
export interface SagaStorage {
  /** What is wrong with the options that it was made with, for the one error that lists everything that is wrong. */
  readonly optionProblems?: readonly SagaDefinitionProblem[];
  /**
   * Why nothing can be written now although it may be read, as far as the storage knows; undefined if there is no reason. Health tells
   * it, so it names no host, no user and no saga.
   */
  readonly problem?: string | undefined;
  /**
   * Makes the storage ready, migrations included. Called once before everything else.
   *
   * @param surroundings Where the storage runs what several callers share, such as a write of many sagas.
   */
  open(surroundings?: Surroundings): Promise<void>;
  /** Lets go of what `open` took. */
  close(): Promise<void>;
  /** Rejects where the storage cannot be used as it is, for example because its schema is behind. Changes nothing. */
  check?(): Promise<void>;

  /** Stores a saga, once for each id and each (saga, key). */
  start(saga: NewSaga): Promise<StartResult>;
  /** Writes one entry in its place, with the header change it brings. */
  append(request: AppendRequest): Promise<AppendResult>;

  /**
   * Resolves once everything that could be read before is durable. Absent where nothing else can be read. With
   * synchronous replication, a write whose wait for the standby was broken off can be read, and be lost in a failover.
   */
  untilDurable?(): Promise<void>;

  find(sagaId: string): Promise<SagaHeading | undefined>;
  findByKey(saga: string, key: string): Promise<SagaHeading | undefined>;
  /** The header and the whole journal, in one consistent view. Rejects where it cannot be read. */
  load(sagaId: string): Promise<LoadedSaga | undefined>;
  /**
   * What is new behind each cursor, as much as `maximumBytesRead` allows, but at least one entry; a saga's header and
   * entries are of one consistent view. Where a journal cannot be read on, its news end, and those of the others are
   * given all the same.
   */
  readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]>;
  /**
   * The outlines of sagas, in the order of the ids, without those that are unknown; as many as `maximumBytesRead` allows,
   * but at least one.
   */
  readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]>;
  list(query: SagaListQuery): Promise<SagaPage>;
  /** Counts and ages of what is open or stuck. */
  summarize(): Promise<StorageSummary>;

  /** Writes the row of a worker that was not there before. Ids of workers are never used again. */
  registerWorker(worker: string, leaseDurationMs: number): Promise<void>;
  /** Moves the expiry on. False: the row is gone or had expired, so the worker's sagas may be with others. */
  renewWorker(worker: string, leaseDurationMs: number): Promise<boolean>;
  /** Deletes the worker's row: its remaining sagas are released by others at once. */
  removeWorker(worker: string): Promise<void>;

  /**
   * Takes claimable sagas (open, without owner, due) for a worker, with a `claimed` entry in each, which says `parked` of
   * one that was waiting; it waits for nothing then. Returns only what
   * this very call took; sagas that another call is taking at the moment are skipped.
   */
  claim(request: ClaimRequest): Promise<readonly LoadedSaga[]>;
  /** Takes the sagas of workers whose lease is over away from them, so that they can be claimed. Answers how many. */
  releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number>;
  /** Lets sagas go, with a `released` entry in each; they wait for nothing then. Sagas that moved on or are not the worker's are left alone. */
  release(requests: readonly ReleaseRequest[]): Promise<void>;
  /** The ids of the open sagas that are this worker's in the storage. */
  listOwned(worker: string): Promise<readonly string[]>;

  /**
   * Calls back when something may have happened: a saga was queued or released (`work`), or a journal grew (`saga`).
   * A hint only, it may be missing or late. Returns what ends it. Absent where a storage has no such thing.
   */
  onHint?(listener: (hint: StorageHint) => void): () => void;
}

/** See {@link SagaStorage.onHint}. */
export type StorageHint = { readonly kind: 'work' } | { readonly kind: 'saga'; readonly sagaId: string };
