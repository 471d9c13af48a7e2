import type {
  ClaimRequest,
  JournalCursor,
  JournalNews,
  ListPosition,
  MessageRequest,
  MessageTarget,
  PurgeRequest,
  ReleaseRequest,
  SagaHeading,
  SagaOutbox,
  SagaMessage,
  StorageTransaction,
  TransactionLimits,
  SagaOutline,
  SagaOversight,
  WaitingListQuery,
} from '@nest-saga/core/storage-kit';
import { InterceptedOutbox } from './intercepted-outbox.js';
import type { OutboxMethod } from './intercepted-outbox.js';
import type {
  AppendRequest,
  AppendResult,
  LoadedSaga,
  NewSaga,
  SagaIdentity,
  SagaListQuery,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageHint,
  StorageSummary,
} from '@nest-saga/core';

type TransactionMethod = 'startIn' | 'findIn' | 'tellIn' | 'transactionEnd';

/** A method of a storage that makes a request. */
export type StorageMethod =
  | Exclude<keyof SagaStorage, 'onHint' | 'outbox' | 'oversight' | 'transactionEnd' | 'transact'>
  | OutboxMethod
  | 'transaction.append'
  | 'transaction.commit';

/** A storage that passes all calls on to another one, and lets a subclass act between call and answer. */
export abstract class InterceptedStorage implements SagaStorage {
  readonly outbox?: SagaOutbox;

  /** For people alone: no engine calls it. */
  readonly oversight?: SagaOversight;

  constructor(protected readonly inner: SagaStorage) {
    if (inner.oversight !== undefined) this.oversight = inner.oversight;
    if (inner.outbox !== undefined)
      this.outbox = new InterceptedOutbox(inner.outbox, (method, call) => this.around(method, call));
  }

  open(): Promise<void> {
    return this.around('open', () => this.inner.open());
  }

  close(): Promise<void> {
    return this.around('close', () => this.inner.close());
  }

  start(saga: NewSaga): Promise<StartResult> {
    return this.around('start', () => this.inner.start(saga));
  }

  append(request: AppendRequest): Promise<AppendResult> {
    return this.around('append', () => this.inner.append(request));
  }

  untilDurable(): Promise<void> {
    if (this.inner.untilDurable === undefined) return Promise.resolve();
    return this.around('untilDurable', async () => this.inner.untilDurable?.());
  }

  find(sagaId: string): Promise<SagaHeading | undefined> {
    return this.around('find', () => this.inner.find(sagaId));
  }

  findByKey(saga: string, key: string): Promise<SagaHeading | undefined> {
    return this.around('findByKey', () => this.inner.findByKey(saga, key));
  }

  load(sagaId: string, afterSeq?: number): Promise<LoadedSaga | undefined> {
    return this.around('load', () => this.inner.load(sagaId, afterSeq));
  }

  readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    return this.around('readNews', () => this.inner.readNews(cursors));
  }

  readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]> {
    return this.around('readOutlines', () => this.inner.readOutlines(sagaIds));
  }

  list(query: SagaListQuery): Promise<SagaPage> {
    return this.around('list', () => this.inner.list(query));
  }

  listWaiting(query: WaitingListQuery): Promise<SagaPage> {
    return this.around('listWaiting', () => this.inner.listWaiting(query));
  }

  summarize(): Promise<StorageSummary> {
    return this.around('summarize', () => this.inner.summarize());
  }

  purge(request: PurgeRequest): Promise<readonly ListPosition[]> {
    return this.around('purge', () => this.inner.purge(request));
  }

  registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    return this.around('registerWorker', () => this.inner.registerWorker(worker, leaseDurationMs));
  }

  renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    return this.around('renewWorker', () => this.inner.renewWorker(worker, leaseDurationMs));
  }

  removeWorker(worker: string): Promise<void> {
    return this.around('removeWorker', () => this.inner.removeWorker(worker));
  }

  claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    return this.around('claim', () => this.inner.claim(request));
  }

  releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    return this.around('releaseExpired', () => this.inner.releaseExpired(sagas, limit));
  }

  release(requests: readonly ReleaseRequest[]): Promise<void> {
    return this.around('release', () => this.inner.release(requests));
  }

  listOwned(worker: string): Promise<readonly string[]> {
    return this.around('listOwned', () => this.inner.listOwned(worker));
  }

  takeMessages(request: MessageRequest): Promise<readonly SagaMessage[]> {
    return this.around('takeMessages', () => this.inner.takeMessages(request));
  }

  removeMessages(ids: readonly string[]): Promise<void> {
    return this.around('removeMessages', () => this.inner.removeMessages(ids));
  }

  onHint(listener: (hint: StorageHint) => void): () => void {
    return this.inner.onHint?.(listener) ?? (() => undefined);
  }

  transact<Result>(
    work: (transaction: StorageTransaction) => Promise<Result>,
    limits: TransactionLimits,
  ): Promise<Result> {
    const { transact } = this.inner;
    if (transact === undefined) throw new TypeError('The storage has no transact().');
    const around = <Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> =>
      this.around(method, call);
    return transact.call(
      this.inner,
      (transaction) =>
        work({
          handle: transaction.handle,
          append: (request) => around('transaction.append', () => transaction.append(request)),
          commit: () => around('transaction.commit', () => transaction.commit()),
          abandon: () => transaction.abandon(),
          isTransient: (error) => transaction.isTransient(error),
        }),
      limits,
    ) as Promise<Result>;
  }

  startIn(handle: unknown, saga: NewSaga): Promise<StartResult> {
    return this.around('startIn', async () => this.transactional('startIn').call(this.inner, handle, saga));
  }

  findIn(handle: unknown, target: MessageTarget): Promise<SagaHeading | undefined> {
    return this.around('findIn', async () => this.transactional('findIn').call(this.inner, handle, target));
  }

  tellIn(handle: unknown, message: SagaMessage): Promise<void> {
    return this.around('tellIn', async () => this.transactional('tellIn').call(this.inner, handle, message));
  }

  transactionEnd(handle: unknown): Promise<boolean> {
    return this.transactional('transactionEnd').call(this.inner, handle);
  }

  private transactional<Name extends TransactionMethod>(name: Name): NonNullable<SagaStorage[Name]> {
    const method = this.inner[name];
    if (method === undefined) throw new TypeError(`The storage has no ${name}().`);
    return method;
  }

  /** Called for each request; calls `call` to pass it on. */
  protected abstract around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer>;
}
