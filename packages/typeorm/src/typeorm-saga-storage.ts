import type {
  ClaimRequest,
  JournalCursor,
  JournalNews,
  ListPosition,
  PurgeRequest,
  MessageRequest,
  MessageTarget,
  ReleaseRequest,
  SagaHeading,
  SagaMessage,
  StorageTransaction,
  TransactionLimits,
  SagaOutline,
  Surroundings,
  WaitingListQuery,
} from '@nest-saga/core/storage-kit';
import { SagaDefinitionError, SagaStorageError } from '@nest-saga/core';
import {
  dueInMsOf,
  escapeControls,
  GroupCommit,
  isCommandProcess,
  noSurroundings,
  recordError,
} from '@nest-saga/core/storage-kit';
import type {
  AppendRequest,
  AppendResult,
  LoadedSaga,
  NewSaga,
  SagaDefinitionProblem,
  SagaHeader,
  SagaIdentity,
  SagaListQuery,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageHint,
  StorageSummary,
} from '@nest-saga/core';
import { conductOf } from './postgres/error-conduct.js';
import { defaultSchema } from './postgres/schema-name.js';
import { checkEntityNames } from './entities/check-entity-names.js';
import { ReadOnlyEntities } from './entities/read-only-entities.js';
import { DurabilityBarrier } from './postgres/durability-barrier.js';
import { GroupListeners } from './group-listeners.js';
import type { GroupListener } from './group-listeners.js';
import { HintChannel } from './postgres/hints/hint-channel.js';
import { checkSchema } from './postgres/migrations/check-schema.js';
import { Migrator } from './postgres/migrations/migrator.js';
import { SagaRepositories } from './repositories/saga-repositories.js';
import { SagaClaims } from './saga-claims.js';
import { JoinedTransactions } from './transactions/joined-transactions.js';
import { StartWarning } from './transactions/start-warning.js';
import { StepTransactions } from './transactions/step-transactions.js';
import { TypeOrmSagaOutbox } from './typeorm-saga-outbox.js';
import { TypeOrmSagaOversight } from './typeorm-saga-oversight.js';
import { checkStorageOptions } from './storage-option-table.js';
import type { TypeOrmSagaStorageOptions } from './typeorm-saga-storage-options.js';

/**
 * Sagas in PostgreSQL, over the application's own TypeORM data source: shared by all processes with the same database
 * and schema, and safe against the crash of any of them.
 */
export class TypeOrmSagaStorage implements SagaStorage {
  private readonly repositories: SagaRepositories;
  private readonly migrator: Migrator;
  private readonly entities: ReadOnlyEntities;
  private readonly writes: GroupCommit;
  private readonly barrier: DurabilityBarrier;
  private readonly groups = new GroupListeners();
  private readonly claims: SagaClaims;
  private readonly hints: HintChannel | undefined;
  readonly outbox: TypeOrmSagaOutbox;
  readonly oversight: TypeOrmSagaOversight;
  private readonly transactions: JoinedTransactions;
  private readonly stepTransactions: StepTransactions;
  private readonly startWarning: StartWarning;
  private surroundings = noSurroundings;
  /** Absent if hints are turned off. */
  readonly onHint?: (listener: (hint: StorageHint) => void) => () => void;

  /** The problems of its options. `SagaModule` reports them together with all other problems; `open()` throws them. */
  readonly optionProblems: readonly SagaDefinitionProblem[];

  /** @throws InvalidArgumentError for an invalid schema name. */
  constructor(private readonly options: TypeOrmSagaStorageOptions) {
    this.optionProblems = checkStorageOptions(options);
    const runShared: Surroundings['run'] = (work) => this.surroundings.run(work);
    const { dataSource, schema = defaultSchema } = options;
    const repositories = SagaRepositories.take(dataSource, schema, options, runShared);
    this.repositories = repositories;
    const { connections, executions, journal, tables } = repositories;
    this.entities = new ReadOnlyEntities(tables.schemaName);
    // A data source that is initialized again does not have its earlier subscribers.
    connections.onPoolChange(() => this.entities.guard(dataSource));
    this.transactions = new JoinedTransactions(dataSource, tables, () => connections.statementTimeoutMs);
    connections.onPoolChange(() => this.transactions.observe());
    this.stepTransactions = new StepTransactions(dataSource, connections, (request) => journal.bind(request));
    this.startWarning = new StartWarning(dataSource, (message) => options.logger?.warn(message));
    this.migrator = new Migrator(tables.schemaName, () => connections.createClient('migration'));
    this.writes = new GroupCommit(
      {
        send: async (group) => {
          const written = await journal.write(group);
          this.groups.tell(group.starts.length + group.appends.length);
          return written;
        },
        conductOf,
        defer: setImmediate,
        runShared,
      },
      connections.groupLimits,
    );
    this.barrier = new DurabilityBarrier(connections.writes, runShared);
    this.claims = new SagaClaims(executions, journal);
    this.outbox = new TypeOrmSagaOutbox(connections, tables);
    this.oversight = new TypeOrmSagaOversight(connections, tables);
    if (options.hints === false) return;
    const hints = new HintChannel(
      tables.schemaName,
      () => connections.createClient('hints'),
      (error) =>
        options.logger?.warn(
          `Hints between processes are off until their connection is restored; polling continues. ${escapeControls(recordError(error).message)}`,
        ),
      runShared,
    );
    this.hints = hints;
    connections.onPoolChange(() => hints.renew());
    this.onHint = (listener) => hints.subscribe(listener);
  }

  async open(surroundings = noSurroundings): Promise<void> {
    if (this.optionProblems.length > 0) throw new SagaDefinitionError(this.optionProblems);
    this.surroundings = surroundings;
    const { connections } = this.repositories;
    await connections.open();
    await this.repositories.open();
    checkEntityNames(this.options.dataSource);
    this.entities.guard(this.options.dataSource);
    this.transactions.observe();
    const mode = migrationModeOf(this.options);
    await this.migrator.prepare(mode, connections.idlePool);
    this.hints?.open();
  }

  async close(): Promise<void> {
    await this.writes.drained();
    await this.hints?.close();
    await this.repositories.close();
  }

  check(): Promise<void> {
    const { connections, tables } = this.repositories;
    return checkSchema(connections.pool, tables);
  }

  async start(saga: NewSaga): Promise<StartResult> {
    this.startWarning.check();
    // The saga that caused the conflict may be gone when it is read: then the start can succeed.
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (await this.writes.submit({ kind: 'start', saga })) {
        if (saga.owner === undefined && saga.park === undefined) this.hints?.work();
        return { kind: 'started' };
      }
      const header = await this.findTaken(saga);
      if (header === undefined) continue;
      await this.barrier.wait('start');
      return { kind: 'exists', header };
    }
    throw new SagaStorageError('start', 'not-written');
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    if (await this.writes.submit({ kind: 'append', request })) {
      this.hintAt(request);
      return 'stored';
    }
    await this.barrier.wait('append');
    return 'fenced';
  }

  untilDurable(): Promise<void> {
    return this.barrier.wait('untilDurable');
  }

  find(sagaId: string): Promise<SagaHeading | undefined> {
    return this.repositories.executions.headingById(sagaId);
  }

  findByKey(saga: string, key: string): Promise<SagaHeading | undefined> {
    return this.repositories.executions.headingByKey(saga, key);
  }

  load(sagaId: string, afterSeq?: number): Promise<LoadedSaga | undefined> {
    return this.repositories.journal.load(sagaId, afterSeq);
  }

  readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    return this.repositories.journal.readNews(cursors);
  }

  readOutlines(sagaIds: readonly string[]): Promise<readonly SagaOutline[]> {
    return this.repositories.journal.readOutlines(sagaIds);
  }

  list(query: SagaListQuery): Promise<SagaPage> {
    return this.repositories.executions.list(query);
  }

  listWaiting(query: WaitingListQuery): Promise<SagaPage> {
    return this.repositories.executions.listWaiting(query);
  }

  summarize(): Promise<StorageSummary> {
    return this.repositories.executions.summarize();
  }

  purge(request: PurgeRequest): Promise<readonly ListPosition[]> {
    return this.repositories.executions.purge(request);
  }

  registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    return this.repositories.workers.register(worker, leaseDurationMs);
  }

  renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    return this.repositories.workers.renew(worker, leaseDurationMs);
  }

  removeWorker(worker: string): Promise<void> {
    return this.repositories.workers.removeWorker(worker);
  }

  claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    return this.claims.claim(request);
  }

  async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    const released = await this.repositories.executions.releaseExpired(sagas, limit);
    if (released > 0) this.hints?.work();
    return released;
  }

  async release(requests: readonly ReleaseRequest[]): Promise<void> {
    const released = await this.claims.release(requests);
    if (released.length > 0 && requests.some(({ delayMs }) => delayMs === 0)) this.hints?.work();
  }

  listOwned(worker: string): Promise<readonly string[]> {
    return this.repositories.executions.listOwned(worker);
  }

  takeMessages(request: MessageRequest): Promise<readonly SagaMessage[]> {
    return this.repositories.inbox.take(request);
  }

  removeMessages(ids: readonly string[]): Promise<void> {
    return this.repositories.inbox.remove(ids);
  }

  transact<Result>(
    work: (transaction: StorageTransaction) => Promise<Result>,
    limits: TransactionLimits,
  ): Promise<Result> {
    return this.stepTransactions.run(work, limits);
  }

  startIn(handle: unknown, saga: NewSaga): Promise<StartResult> {
    return this.transactions.start(handle, saga);
  }

  findIn(handle: unknown, target: MessageTarget): Promise<SagaHeading | undefined> {
    return this.transactions.find(handle, target);
  }

  tellIn(handle: unknown, message: SagaMessage): Promise<void> {
    return this.transactions.tell(handle, message);
  }

  transactionEnd(handle: unknown): Promise<boolean> {
    return this.transactions.end(handle).then((isCommitted) => {
      if (isCommitted) this.hints?.work();
      return isCommitted;
    });
  }

  private hintAt({ sagaId, worker, change, start }: AppendRequest): void {
    if (start !== undefined && start.park === undefined) this.hints?.work();
    if (change !== undefined && dueInMsOf(change) === 0) this.hints?.work();
    if (worker === undefined) this.hints?.requested(sagaId);
    else this.hints?.progressed(sagaId);
  }

  /** The reason why no write is possible at the moment, for health checks: without values of the application. */
  get problem(): string | undefined {
    return this.repositories.connections.problem;
  }

  /** Whether the hints of other processes are received at the moment; undefined if hints are turned off. */
  get isListening(): boolean | undefined {
    return this.hints?.isListening;
  }

  /**
   * Calls the listener with the number of starts and entries of each statement. Returns the function that removes it.
   */
  onGroupWritten(listener: GroupListener): () => void {
    return this.groups.add(listener);
  }

  private async findTaken({ sagaId, saga, key }: NewSaga): Promise<SagaHeader | undefined> {
    const { executions } = this.repositories;
    const byId = await executions.findById(sagaId);
    if (byId !== undefined || key === undefined) return byId;
    return executions.findByKey(saga, key);
  }
}

/** A command only looks at the tables; otherwise the option decides, or the environment. */
function migrationModeOf({ migrations }: TypeOrmSagaStorageOptions): 'auto' | 'check' | 'off' {
  const isChecked = isCommandProcess() || process.env['NODE_ENV'] === 'production';
  const mode = migrations ?? (isChecked ? 'check' : 'auto');
  return mode === 'auto' && isCommandProcess() ? 'check' : mode;
}
