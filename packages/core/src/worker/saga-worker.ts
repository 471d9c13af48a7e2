import type { SagaDefinition } from '../definition/saga-definition.js';
import { JournaledCheckpoint } from '../execution/checkpoint-writer.js';
import { JournalWriter } from '../execution/journal-writer.js';
import type { ExecutionEnd } from '../execution/execution-end.js';
import type { SagaExecutorDependencies } from '../execution/saga-executor-dependencies.js';
import { SagaExecutor } from '../execution/saga-executor.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { Park } from '../journal/park.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import { notifyWorker } from '../ports/notify.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import { ClaimedAdmission } from './claimed-admission.js';
import { DueMoments } from './due-moments.js';
import { EventDeliveries } from './event-deliveries.js';
import { SagaReleases } from './saga-releases.js';
import { PublicationFeed } from './publication-feed.js';
import { Quarantine } from './quarantine.js';
import { RecoverySweep } from './recovery-sweep.js';
import { reportEntry } from './report-entry.js';
import { RunNews } from './run-news.js';
import { RunEnds } from './run-ends.js';
import type { RunningSaga } from './running-sagas.js';
import { RunningSagas } from './running-sagas.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { SagaWorkerDependencies } from './saga-worker-dependencies.js';
import { SizeWarning } from './size-warning.js';
import type { Slot } from './slot.js';
import { WorkerLease } from './worker-lease.js';

/** Runs sagas in this process: those that are started here, and those that it claims. */
export class SagaWorker {
  readonly running: RunningSagas;
  readonly writer: JournalWriter;
  readonly lease: WorkerLease;
  readonly sweep: RecoverySweep;
  private readonly feed: PublicationFeed;
  private readonly admission: ClaimedAdmission;
  private readonly ends: RunEnds;
  private readonly releases: SagaReleases;
  /**
   * The due times of the sagas that were parked here: this process claims each one then, unless another one was
   * quicker.
   */
  private readonly dueMoments: DueMoments;
  /** Delivers the events of steps to the handlers of this process; undefined if it has none. */
  readonly deliveries: EventDeliveries | undefined;
  private cachedDependencies: SagaExecutorDependencies | undefined;
  private stopping = false;
  private endHints: (() => void) | undefined;

  constructor(
    private readonly dependencies: SagaWorkerDependencies,
    private readonly options: SagaWorkerOptions,
  ) {
    const { storage, clock, ids, listener, registry } = dependencies;
    this.running = new RunningSagas(options.concurrency, clock);
    const { eventHandlers: handlers, surroundings } = dependencies;
    this.deliveries = handlers && new EventDeliveries({ handlers, clock, ids, surroundings }, options.events);
    this.releases = new SagaReleases(storage, this.running, options.recovery.batchSize, listener);
    this.dueMoments = new DueMoments(clock, () => this.lookForWork());
    const quarantine = new Quarantine(clock, options.lease.leaseDurationMs);
    this.feed = new PublicationFeed([
      quarantine,
      dependencies.watch,
      new SizeWarning(listener, options.contextWarningBytes),
      { recorded: (recorded) => reportEntry.recorded(listener, recorded) },
      // Last: nothing in this process waits for a broker.
      ...(dependencies.outbox === undefined ? [] : [dependencies.outbox]),
    ]);
    this.admission = new ClaimedAdmission(registry, quarantine, this.releases, listener);
    const claimedAtOnce = options.recovery.concurrency;
    this.ends = new RunEnds(this.running, quarantine, this.releases, listener, claimedAtOnce, this);
    this.writer = new JournalWriter(storage, clock, ids, {
      onTrouble: (trouble) => notifyWorker(listener, { type: 'storage-failed', ...trouble }),
      onTold: () => this.deliverMessages(),
    });
    this.lease = new WorkerLease(
      storage,
      clock,
      ids,
      options.lease,
      listener,
      (worker) => this.stopAllOf(worker),
      () => dependencies.outbox?.refresh(),
    );
    this.sweep = new RecoverySweep(storage, clock, ids, registry.identities, options.recovery, listener, {
      claimant: () => (this.stopping ? undefined : this.lease.worker),
      room: () => Math.min(this.running.free, options.recovery.concurrency - this.running.claimedCount),
      runClaimed: (worker, sagas) => {
        for (const saga of sagas) void this.runClaimed(worker, saga);
      },
      isHandling: (sagaId) => this.running.isHandling(sagaId),
      deliverMessages: () => this.deliverMessages(),
      releaseStrays: (worker, sagaIds) => this.releases.releaseStrays(worker, sagaIds),
    });
  }

  /** Whether this process has begun to shut down. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /** Acquires a lease and begins to look for work. Rejects if the storage does not answer. */
  async start(): Promise<void> {
    await this.lease.start();
    const { storage, watch } = this.dependencies;
    watch.watchRuns(new RunNews(this.running));
    this.endHints = storage.onHint?.((hint) => {
      if (hint.kind === 'work') this.lookForWork();
    });
    if (this.options.recovery.enabled) this.sweep.start();
  }

  /** Claims sagas soon, because there may be work. */
  lookForWork(): void {
    if (this.options.recovery.enabled) this.dependencies.surroundings.run(() => this.sweep.claimSoon());
  }

  /** Delivers the messages to sagas, because there may be some. */
  deliverMessages(): void {
    const { surroundings, messages } = this.dependencies;
    if (this.options.recovery.enabled) surroundings.run(() => messages?.deliverSoon());
  }

  /** Claims sagas when a saga that was parked here is due, or passes its deadline. */
  claimLater({ dueInMs, nextRunAt }: Park, deadlineRestMs = Number.POSITIVE_INFINITY): void {
    const { clock, surroundings } = this.dependencies;
    // By this process's own wall clock, which may be wrong: if the claim comes too early, a sweep finds the saga later.
    const waitMs = nextRunAt === undefined ? dueInMs : Math.max(0, nextRunAt.getTime() - clock.now());
    const delayMs = Math.min(waitMs ?? Number.POSITIVE_INFINITY, deadlineRestMs);
    // The timer may last for hours, so it must not keep the surroundings of a caller.
    if (delayMs < Number.POSITIVE_INFINITY) surroundings.run(() => this.dueMoments.add(delayMs));
  }

  /** A request came for a saga that may run here. */
  notice(sagaId: string): void {
    // The work that a step does when its signal fires belongs to the saga, not to the caller.
    this.dependencies.surroundings.run(() => this.running.get(sagaId)?.executor.notice());
  }

  /**
   * Runs a saga that was started for this worker, in the slot that was reserved for it. The definition must fit the
   * header.
   */
  run(
    slot: Slot,
    worker: string,
    definition: SagaDefinition,
    header: SagaHeader,
    state: SagaState,
  ): Promise<ExecutionEnd> {
    const run = () => this.execute(worker, definition, header, state, slot);
    return this.options.keepsCallerSurroundings ? run() : this.dependencies.surroundings.run(run);
  }

  /** Runs a saga that was claimed for this worker: folds its journal and continues from its end. */
  runClaimed(worker: string, loaded: LoadedSaga): Promise<ExecutionEnd> | undefined {
    const admitted = this.admission.admit(worker, loaded);
    return admitted && this.execute(worker, admitted.definition, loaded.header, admitted.state, loaded);
  }

  /** Claims this saga and runs it, unless a worker runs it already. Rejects with the storage's error. */
  async claimOne(sagaId: string): Promise<void> {
    const worker = this.lease.worker;
    // The saga is marked, so that the sweep does not treat it as a stray while the answer is on its way.
    if (worker === undefined || !this.running.markStarting(sagaId)) return;
    try {
      const { storage, registry } = this.dependencies;
      await storage.releaseExpired(registry.identities, this.options.recovery.batchSize);
      const unreadable: SagaStorageError[] = [];
      const claimed = await storage.claim({
        worker,
        sagas: registry.identities,
        limit: 1,
        sagaId,
        onUnreadable: (_sagaId, error) => unreadable.push(error),
      });
      for (const saga of claimed)
        this.dependencies.surroundings.run(() => void this.runClaimed(worker, saga));
      const [error] = unreadable;
      if (error !== undefined) throw error;
    } finally {
      this.running.unmarkStarting(sagaId);
    }
  }

  /**
   * Stops in an orderly way: starts no further step, waits for running steps, aborts them after the limit, releases the
   * sagas to other workers, and ends the lease.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    this.sweep.stop();
    this.dependencies.watch.watchRuns(undefined);
    this.dueMoments.stop();
    this.endHints?.();
    for (const [, { executor }] of this.running.all()) executor.stop('shutdown');
    const cancelTimer = this.dependencies.clock.startTimer(this.options.shutdownTimeoutMs, () => {
      for (const [, { executor }] of this.running.all()) executor.abort();
    });
    await Promise.all([this.running.drained(), this.dependencies.messages?.stop()]);
    cancelTimer();
    await this.releases.releaseCollected();
    await this.endLease();
  }

  private execute(
    worker: string,
    definition: SagaDefinition,
    header: SagaHeader,
    state: SagaState,
    from: LoadedSaga | Slot,
  ): Promise<ExecutionEnd> {
    const executor = new SagaExecutor(this.executorDependencies(worker), definition, header, state);
    if (this.stopping) executor.stop('shutdown');
    const claimed = 'header' in from ? from : undefined;
    const saga: RunningSaga = {
      worker,
      definition,
      executor,
      isClaimed: claimed !== undefined,
      end: undefined,
    };
    if (!('header' in from)) this.running.fillSlot(from, header.sagaId, saga);
    else {
      this.running.add(header.sagaId, saga);
      // Its watchers in this process need not read again what the claim has read.
      this.dependencies.watch.publish(from.entries, header);
    }
    return (saga.end = executor.run(claimed && this.recovery(definition, claimed, state)));
  }

  /**
   * Notifies the listener within the run, so that an unreadable part of one claimed saga does not affect the others
   * claimed with it.
   */
  private recovery(
    definition: SagaDefinition,
    claimed: LoadedSaga,
    state: SagaState,
  ): Parameters<SagaExecutor['run']>[0] {
    return () => reportEntry.recovered(this.dependencies.listener, definition, claimed, state);
  }

  /** All sagas of one lease share these dependencies. */
  private executorDependencies(worker: string): SagaExecutorDependencies {
    if (this.cachedDependencies?.worker === worker) return this.cachedDependencies;
    const { clock, ids, interceptor, awaitResult, outbox } = this.dependencies;
    this.cachedDependencies = {
      worker,
      writer: this.writer,
      checkpoint: new JournaledCheckpoint(this.writer),
      clock,
      ids,
      interceptor,
      awaitResult,
      abortGraceMs: this.options.abortGraceMs,
      parkAboveMs: this.options.recovery.enabled ? this.options.parkAboveMs : undefined,
      deliver: this.deliveries && ((delivered) => this.deliveries?.deliver(delivered)),
      pointers: outbox,
      waitsForHandlers: () => outbox?.takesEvents !== true || this.hasHandlers,
      isStopping: () => this.stopping,
      isLeaseValid: () => this.lease.isValidFor(worker),
      onRecorded: (recorded) => this.feed.recorded(recorded),
      onEnd: (run, end) => {
        this.ends.ended(worker, run, end);
        outbox?.left(run.header.sagaId);
      },
    };
    return this.cachedDependencies;
  }

  /** Whether events may have a handler in this process. Without one they are for the sinks alone. */
  private get hasHandlers(): boolean {
    const { eventHandlers } = this.dependencies;
    return eventHandlers !== undefined && eventHandlers.mayHandle?.() !== false;
  }

  private stopAllOf(worker: string): void {
    for (const [, saga] of this.running.all()) {
      if (saga.worker === worker) saga.executor.stop('lease-lost');
    }
  }

  private async endLease(): Promise<void> {
    try {
      await this.lease.stop();
    } catch (error) {
      const operation = 'removeWorker';
      const { listener } = this.dependencies;
      notifyWorker(listener, { type: 'storage-failed', operation, sagaId: undefined, error });
    }
  }
}
