import { ReleasingMap } from '../collections/releasing-map.js';
import type { SagaIdentity } from '../definition/saga-registry.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { nextRunAtOf } from '../journal/header-change.js';
import { isRetryWait } from '../journal/park.js';
import type { HeaderChange } from '../journal/header-change.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import type { SagaHeader, SagaHeading } from '../journal/saga-header.js';
import { isOpen, isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { Clock } from '../ports/clock.js';
import type {
  AppendRequest,
  AppendResult,
  ClaimRequest,
  JournalCursor,
  JournalNews,
  LoadedSaga,
  MessageRequest,
  MessageTarget,
  NewSaga,
  ReleaseRequest,
  SagaListQuery,
  SagaMessage,
  SagaOutline,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageHint,
  StorageTransaction,
  StorageSummary,
  WaitingListQuery,
} from '../ports/saga-storage.js';
import { firstHeader } from '../ports/first-header.js';
import type { ListPosition } from '../ports/list-cursor.js';
import type { PurgeRequest } from '../ports/purge.js';
import { InMemoryOutbox } from './in-memory-outbox.js';
import { InMemoryOversight } from './in-memory-oversight.js';
import type { WorkerLeaseRow } from './in-memory-oversight.js';
import { InMemoryTransaction } from './in-memory-transaction.js';
import { InMemoryStepTransaction } from './in-memory-step-transaction.js';
import { listHeaders } from './list-headers.js';
import { OpenSagas } from './open-sagas.js';
import { listWaitingHeaders } from './list-waiting.js';
import { purgeable } from './purge-sagas.js';
import { dueAt, isClaimable, isOneOf, toEntry } from './stored-saga.js';
import type { StoredSaga } from './stored-saga.js';
import { StoredMessages } from './stored-messages.js';
import {
  claimOf,
  entrySize,
  headingOf,
  newsOf,
  newsSize,
  outlineOf,
  outlineSize,
  ReadBudget,
} from './stored-values.js';
import { summarizeSagas } from './summarize-sagas.js';
import { WritePauses } from './write-pauses.js';

/** Options of {@link InMemorySagaStorage}. */
export interface InMemorySagaStorageOptions {
  /**
   * Whether to keep sagas that COMPLETED or FAILED. With `false` only the last 100 of them are kept, for readers that
   * come a moment late; the others are dropped with their history, their id and their key.
   *
   * @default true
   */
  readonly keepFinished?: boolean;
  /**
   * What transactional steps get of their transaction, such as a double of an `EntityManager`. By default, it is an object
   * that `startIn` and `signalIn` take.
   */
  readonly transactionHandle?: object;
}

const finishedSagasKept = 100;

/**
 * Sagas in the memory of one process, for tests and first steps. It follows the same rules as a database: each call
 * happens at once and as a whole, and appending is a compare-and-swap, so a test with it is realistic. Several workers
 * can share one object. Nothing survives the process.
 */
export class InMemorySagaStorage implements SagaStorage {
  private readonly sagas = new ReleasingMap<string, StoredSaga>();
  private readonly idsByKey = new Map<string, string>();
  private readonly openSagas = new OpenSagas((sagaId) => this.sagas.get(sagaId)?.header);
  private readonly workers = new Map<string, WorkerLeaseRow>();
  private readonly hintListeners = new Set<(hint: StorageHint) => void>();
  private readonly messages = new StoredMessages();
  private readonly transactions = new WeakMap<object, InMemoryTransaction>();
  private readonly finished = new Set<string>();
  private readonly pauses: WritePauses;
  private readonly keepFinished: boolean;
  private readonly transactionHandle: object | undefined;
  readonly outbox: InMemoryOutbox;
  readonly oversight: InMemoryOversight;

  constructor(
    private readonly clock: Clock,
    options: InMemorySagaStorageOptions = {},
  ) {
    this.keepFinished = options.keepFinished ?? true;
    this.transactionHandle = options.transactionHandle;
    this.pauses = new WritePauses(clock);
    this.outbox = new InMemoryOutbox(clock, (sagaId) => this.sagas.get(sagaId));
    const { audit } = this.outbox;
    this.oversight = new InMemoryOversight(clock, () => this.sagas.values(), this.workers, audit);
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async start(saga: NewSaga): Promise<StartResult> {
    const pause = this.pauses.next();
    if (pause !== undefined) await pause;
    const existing = this.sagas.get(saga.sagaId) ?? this.byKey(saga.saga, saga.key);
    if (existing !== undefined) return { kind: 'exists', header: existing.header };
    this.startNow(saga);
    return { kind: 'started' };
  }

  /**
   * Runs work in a transaction, whose handle `startIn`, `enqueueIn` and `signalIn` take. Their writes are made
   * when the work is done, and never if it fails. With any other handle, for example one of a database, they write at once, because
   * a storage in memory does not learn how that transaction ends.
   *
   * @throws What the work throws. SagaStorageError if another writer used an id or a key in the meantime.
   */
  async transaction<Result>(work: (handle: object) => Promise<Result>): Promise<Result> {
    const transaction = new InMemoryTransaction();
    this.transactions.set(transaction, transaction);
    try {
      const result = await work(transaction);
      transaction.commit();
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  transact<Result>(work: (transaction: StorageTransaction) => Promise<Result>): Promise<Result> {
    return new InMemoryStepTransaction(this, this.transactionHandle).run(work);
  }

  async startIn(handle: unknown, saga: NewSaga): Promise<StartResult> {
    const transaction = this.transactionOf(handle);
    if (transaction === undefined) return this.start(saga);
    const { sagaId, saga: name, key } = saga;
    const existing = (): SagaHeader | undefined => (this.sagas.get(sagaId) ?? this.byKey(name, key))?.header;
    const mine =
      transaction.find({ sagaId }) ?? (key === undefined ? undefined : transaction.find({ saga: name, key }));
    const header = mine ?? existing();
    if (header !== undefined) return { kind: 'exists', header };
    const write = { isPossible: () => existing() === undefined, make: () => this.startNow(saga) };
    transaction.add(write, firstHeader(saga, new Date(this.clock.now())));
    return { kind: 'started' };
  }

  async findIn(handle: unknown, target: MessageTarget): Promise<SagaHeading | undefined> {
    const mine = this.transactionOf(handle)?.find(target);
    if (mine !== undefined) return headingOf(mine);
    return 'sagaId' in target ? this.find(target.sagaId) : this.findByKey(target.saga, target.key);
  }

  async tellIn(handle: unknown, message: SagaMessage): Promise<void> {
    const transaction = this.transactionOf(handle);
    const make = (): void => this.messages.add(message);
    if (transaction === undefined) make();
    else transaction.add({ isPossible: () => true, make });
  }

  transactionEnd(handle: unknown): Promise<boolean> {
    return this.transactionOf(handle)?.end ?? Promise.resolve(true);
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const pause = this.pauses.next();
    if (pause !== undefined) await pause;
    const stored = this.sagas.get(request.sagaId);
    if (stored === undefined || isTerminal(stored.header.status) || request.seq !== stored.written.length + 1)
      return 'fenced';
    const now = this.clock.now();
    this.write(stored, request.worker, request.entry, now);
    const { sagaId, seq, pointers } = request;
    if (pointers !== undefined) this.outbox.add(sagaId, seq, pointers, now);
    if (request.change !== undefined) this.changeHeader(stored, request.change, now);
    if (request.tell !== undefined) this.messages.add(request.tell);
    const { start } = request;
    if (
      start !== undefined &&
      this.sagas.get(start.sagaId) === undefined &&
      this.byKey(start.saga, start.key) === undefined
    )
      this.startNow(start);
    if (request.worker === undefined) this.hint({ kind: 'saga', sagaId: request.sagaId });
    return 'stored';
  }

  async find(sagaId: string): Promise<SagaHeading | undefined> {
    const header = this.sagas.get(sagaId)?.header;
    return header && headingOf(header);
  }

  async findByKey(saga: string, key: string): Promise<SagaHeading | undefined> {
    const header = this.byKey(saga, key)?.header;
    return header && headingOf(header);
  }

  async load(sagaId: string, afterSeq = 0): Promise<LoadedSaga | undefined> {
    const stored = this.sagas.get(sagaId);
    if (stored === undefined) return undefined;
    const budget = new ReadBudget();
    const wanted = stored.written.slice(afterSeq);
    const entries = wanted.filter((one) => budget.takes(entrySize(one))).map(toEntry);
    const loaded = { header: stored.header, entries };
    return entries.length < wanted.length ? { ...loaded, isCut: true } : loaded;
  }

  async readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    const budget = new ReadBudget();
    return cursors.flatMap(({ sagaId, afterSeq }): JournalNews[] => {
      const stored = this.sagas.get(sagaId);
      if (stored === undefined) return [{ sagaId, header: undefined, entries: [], isCut: false }];
      const news = stored.written.slice(afterSeq);
      if (news.length === 0 && isOpen(stored.header.status)) return [];
      const entries = news.filter((one) => budget.takes(newsSize(one))).map(newsOf);
      const isCut = entries.length < news.length;
      return [{ sagaId, header: headingOf(stored.header), entries, isCut }];
    });
  }

  async readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]> {
    const budget = new ReadBudget();
    return sagaIds
      .flatMap((sagaId) => this.sagas.get(sagaId) ?? [])
      .filter((stored) => budget.takes(outlineSize(stored)))
      .map(outlineOf);
  }

  async list(query: SagaListQuery): Promise<SagaPage> {
    return listHeaders(this.sagas.values(), query, this.clock.now());
  }

  async listWaiting(query: WaitingListQuery): Promise<SagaPage> {
    return listWaitingHeaders(
      [...this.sagas.values()].map(({ header }) => header),
      query,
    );
  }

  async summarize(): Promise<StorageSummary> {
    return summarizeSagas([...this.sagas.values()], this.clock.now());
  }

  async purge(request: PurgeRequest): Promise<readonly ListPosition[]> {
    const headers = [...this.sagas.values()].map(({ header }) => header);
    const found = purgeable(headers, request, ({ sagaId }) => this.outbox.has(sagaId));
    if (request.dryRun !== true) for (const header of found) this.drop(header);
    return found.map(({ sagaId, createdAt }) => ({ sagaId, createdAt }));
  }

  async registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    this.extendLease(worker, leaseDurationMs);
  }

  async renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    if (!this.isAlive(worker)) return false;
    this.extendLease(worker, leaseDurationMs);
    return true;
  }

  async removeWorker(worker: string): Promise<void> {
    this.workers.delete(worker);
  }

  async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    if (!this.isAlive(request.worker)) return [];
    const now = this.clock.now();
    const candidates = request.sagaId === undefined ? this.openSagas.claimable(now) : [request.sagaId];
    return candidates
      .flatMap((sagaId) => this.sagas.get(sagaId) ?? [])
      .filter(({ header }) => isClaimable(header, now) && isOneOf(request.sagas, header))
      .toSorted((one, other) => dueAt(one) - dueAt(other))
      .slice(0, request.limit)
      .map((stored) => this.take(stored, request.worker, now));
  }

  async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    const orphans = this.openSagas
      .ownedBy((worker) => !this.isAlive(worker))
      .flatMap((sagaId) => this.sagas.get(sagaId) ?? [])
      .filter(({ header }) => isOneOf(sagas, header))
      .slice(0, limit);
    for (const stored of orphans) this.releaseStored(stored, 0, this.clock.now());
    return orphans.length;
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    for (const { sagaId, seq, worker, reason, begun, delayMs } of requests) {
      const stored = this.sagas.get(sagaId);
      if (stored?.header.owner !== worker || !isOpen(stored.header.status)) continue;
      if (seq !== undefined && seq !== stored.written.length + 1) continue;
      const now = this.clock.now();
      this.write(stored, worker, { kind: 'released', reason, begun }, now);
      this.releaseStored(stored, delayMs, now);
    }
  }

  async listOwned(worker: string): Promise<readonly string[]> {
    return this.openSagas.ownedBy((owner) => owner === worker);
  }

  async takeMessages(request: MessageRequest): Promise<readonly SagaMessage[]> {
    return this.messages.take(request, this.clock.now());
  }

  async removeMessages(ids: readonly string[]): Promise<void> {
    this.messages.remove(ids);
  }

  onHint(listener: (hint: StorageHint) => void): () => void {
    this.hintListeners.add(listener);
    return () => this.hintListeners.delete(listener);
  }

  private startNow(saga: NewSaga): void {
    const now = this.clock.now();
    const header = firstHeader(saga, new Date(now));
    this.sagas.set(saga.sagaId, { header, written: [] });
    if (saga.key !== undefined) this.idsByKey.set(keyOf(saga.saga, saga.key), saga.sagaId);
    this.index(header, now);
  }

  /** Undefined for the handle of another kind of storage. */
  private transactionOf(handle: unknown): InMemoryTransaction | undefined {
    if (typeof handle !== 'object' || handle === null)
      throw new InvalidArgumentError('manager', 'pass the handle of a transaction');
    const transaction = this.transactions.get(handle);
    transaction?.checkOpen();
    return transaction;
  }

  private byKey(saga: string, key: string | undefined): StoredSaga | undefined {
    const sagaId = key === undefined ? undefined : this.idsByKey.get(keyOf(saga, key));
    return sagaId === undefined ? undefined : this.sagas.get(sagaId);
  }

  private extendLease(worker: string, leaseDurationMs: number): void {
    const startedAt = this.workers.get(worker)?.startedAt ?? this.clock.now();
    this.workers.set(worker, { startedAt, expiresAt: this.clock.monotonicNow() + leaseDurationMs });
  }

  private isAlive(worker: string): boolean {
    return (this.workers.get(worker)?.expiresAt ?? Number.NEGATIVE_INFINITY) > this.clock.monotonicNow();
  }

  private take(stored: StoredSaga, worker: string, now: number): LoadedSaga {
    const from = stored.header.status;
    if (from !== 'pending' && from !== 'running' && from !== 'compensating')
      throw new TypeError(`a ${from} saga was claimed`);
    const { waiting, nextRunAt } = stored.header;
    const isParked = waiting !== undefined;
    if (isParked && !isRetryWait(waiting)) stored.resumedAt = nextRunAt?.getTime() ?? now;
    const status = from === SagaStatus.Pending ? SagaStatus.Running : from;
    const claim: EntryDraft = isParked ? { kind: 'claimed', from, parked: true } : { kind: 'claimed', from };
    this.write(stored, worker, status === from ? claim : { ...claim, status }, now);
    this.setHeader(stored, { status, owner: worker, nextRunAt: undefined, waiting: undefined }, now);
    return claimOf(stored);
  }

  private releaseStored(stored: StoredSaga, delayMs: number, now: number): void {
    const nextRunAt = new Date(now + delayMs);
    this.setHeader(stored, { owner: undefined, nextRunAt, waiting: undefined }, now);
  }

  // An entry and the change of the header with it have one moment, as in one statement of a database.
  private write(stored: StoredSaga, worker: string | undefined, entry: EntryDraft, now: number): void {
    stored.written.push({ seq: stored.written.length + 1, worker, recordedAt: now, entry });
  }

  private changeHeader(stored: StoredSaga, change: HeaderChange, now: number): void {
    const { status, owner, failure, stuck, park } = change;
    const nextRunAt = nextRunAtOf(change, now, stored.header.deadlineAt);
    const waiting = park && { for: park.for, name: park.name };
    this.setHeader(stored, { status, owner, failure, stuck, nextRunAt, waiting }, now);
    if (isTerminal(change.status) && !this.keepFinished) this.dropLater(stored.header.sagaId);
  }

  private setHeader(stored: StoredSaga, change: Partial<SagaHeader>, now: number): void {
    this.openSagas.remove(stored.header);
    stored.header = Object.assign({ ...stored.header }, change, { updatedAt: new Date(now) });
    this.index(stored.header, now);
  }

  private index(header: SagaHeader, now: number): void {
    // An earlier hint would be useless: no worker can claim it yet, and the worker that parked it keeps the time.
    if (this.openSagas.add(header, now)) this.hint({ kind: 'work' });
  }

  private dropLater(sagaId: string): void {
    this.finished.add(sagaId);
    if (this.finished.size <= finishedSagasKept) return;
    const [oldest] = this.finished;
    if (oldest === undefined) return;
    this.finished.delete(oldest);
    // The journal has the content of its messages: it is dropped at its second turn, when they are delivered.
    if (this.outbox.has(oldest)) return void this.finished.add(oldest);
    const header = this.sagas.get(oldest)?.header;
    if (header !== undefined) this.drop(header);
  }

  private drop({ sagaId, saga, key }: SagaHeader): void {
    this.finished.delete(sagaId);
    this.sagas.delete(sagaId);
    if (key !== undefined) this.idsByKey.delete(keyOf(saga, key));
  }

  private hint(hint: StorageHint): void {
    for (const listener of this.hintListeners) listener(hint);
  }
}

function keyOf(saga: string, key: string): string {
  return `${saga}\n${key}`;
}
