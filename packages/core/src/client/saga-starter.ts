import { checkSize } from '../context/context-codec.js';
import { checkComesBack } from '../context/check-comes-back.js';
import type { Json } from '../context/context-codec.js';
import { placedDefinition } from '../definition/placed-definition.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { tagsOf } from '../definition/saga-tags.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import { choosePath } from '../execution/choose-path.js';
import type { WriteLimit } from '../execution/journal-writer.js';
import { StopRun } from '../execution/stop-run.js';
import type { ExecutionEnd } from '../execution/execution-end.js';
import { SagaBusyError } from '../errors/saga-busy-error.js';
import { SagaConflictError } from '../errors/saga-conflict-error.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaShuttingDownError } from '../errors/saga-shutting-down-error.js';
import { deadlineOf } from '../journal/deadline.js';
import { foldJournal, initialState } from '../journal/fold-journal.js';
import type { Park } from '../journal/park.js';
import type { SagaHeader, SagaHeading } from '../journal/saga-header.js';
import { noDecisions } from '../journal/saga-path.js';
import type { SagaPath } from '../journal/saga-path.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { firstHeader } from '../ports/first-header.js';
import { notifySaga } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { StartInterceptor } from '../ports/start-interceptor.js';
import type { NewSaga, SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import type { Slot } from '../worker/slot.js';
import type { StoredContext } from './same-context.js';
import { isSameContext } from './same-context.js';
import { joinTransaction } from './joined-transaction.js';
import type { StartOptions } from './start-options.js';
import { checkSagaId, checkStartOptions } from './start-options.js';

/** A saga that is durable. */
export interface StartedSaga {
  readonly sagaId: string;
  readonly definition: SagaDefinition;
  /** The version with which it was stored. If this version is not registered here, `definition` is another one. */
  readonly version: number;
  /** This very start stored it, and it began at once: its journal was empty then. */
  readonly isFresh: boolean;
  /** The end of its run in this process, if this process runs it. */
  readonly end: Promise<ExecutionEnd> | undefined;
  /** It was started in a transaction of the caller: resolves at the end of the transaction. */
  readonly transaction?: Promise<boolean>;
}

/** How long a start retries a storage that does not answer, in milliseconds. */
const startTimeoutMs = 10_000;

/** Makes sagas durable, and passes those that run in this process to the worker. */
export class SagaStarter {
  constructor(
    private readonly registry: SagaRegistry,
    private readonly storage: SagaStorage,
    private readonly worker: SagaWorker,
    /** False in a process that runs no sagas: all sagas are queued then. */
    private readonly isWorker: boolean,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly listener: SagaListener | undefined,
    private readonly interceptor: StartInterceptor | undefined,
    private readonly busyTimeoutMs: number,
  ) {}

  /**
   * Resolves when the saga is durable; then it runs in this process, unless it is delayed. If the maximum number of
   * sagas runs, it waits a limited time for a slot.
   *
   * @throws InvalidArgumentError, SagaNotRegisteredError, ContextNotStorableError, SagaChoiceError, SagaConflictError,
   * SagaShuttingDownError, SagaBusyError: nothing was stored. SagaStorageError: try again with the same id or key.
   * @param drawnId A new UUID, which the saga gets if the options have no id. The caller may start it again with it.
   */
  async start(context: unknown, options?: StartOptions, drawnId?: string): Promise<StartedSaga> {
    const request = this.prepare('start', context, options, drawnId);
    if (!this.isWorker || request.park !== undefined) return this.store(request, undefined);
    const { running } = this.worker;
    const slot = running.tryReserveSlot() ?? (await running.reserveSlot(this.busyTimeoutMs));
    try {
      this.checkNotStopping('start');
      if (slot === undefined) throw new SagaBusyError(this.busyTimeoutMs);
      const { worker: owner } = this.worker.lease;
      return await this.store(request, owner === undefined ? undefined : { owner, slot });
    } finally {
      if (slot !== undefined) running.releaseSlot(slot);
    }
  }

  /** Resolves when the saga is durable; any worker may claim and run it. Throws as `start` does. */
  async enqueue(context: unknown, options?: StartOptions): Promise<StartedSaga> {
    return this.store(this.prepare('enqueue', context, options), undefined);
  }

  /**
   * Queues a saga in a transaction that the caller began. After the commit this process looks for it at once.
   *
   * @param handle What the storage needs to take part in the transaction, such as a TypeORM `EntityManager`.
   * @throws InvalidArgumentError also if there is no such transaction. SagaStorageError: the transaction cannot be committed.
   */
  async startIn(
    method: string,
    handle: unknown,
    context: unknown,
    options?: StartOptions,
  ): Promise<StartedSaga> {
    const transaction = joinTransaction(this.storage, method, handle);
    const request = this.prepare(method, context, options);
    const saga = await this.intercepted(request, true, (metadata) =>
      Promise.resolve(newSagaOf(request, metadata, undefined)),
    );
    const result = await transaction.start(saga);
    const { definition, sagaId } = request;
    if (result.kind === 'exists') {
      this.checkSame(request, result.header, false);
      return { ...this.attached(result.header, definition), transaction: transaction.end };
    }
    void transaction.end.then((isCommitted) => {
      if (isCommitted) this.queued(saga);
    });
    return { ...startedSaga(sagaId, definition, undefined), isFresh: false, transaction: transaction.end };
  }

  /**
   * Claims a saga without an owner and runs it here; one that is running in another process, or has ended, is left
   * alone.
   *
   * @throws InvalidArgumentError, SagaNotFoundError, SagaShuttingDownError
   */
  async recover(id: string): Promise<StartedSaga> {
    const sagaId = checkSagaId(id);
    this.checkNotStopping('recover');
    const here = this.worker.running.get(sagaId);
    if (here !== undefined) return { ...startedSaga(sagaId, here.definition, here.end), isFresh: false };
    if (this.isWorker) await this.worker.claimOne(sagaId);
    const header = await this.storage.find(sagaId);
    if (header === undefined) throw new SagaNotFoundError(sagaId);
    return this.attached(header, undefined);
  }

  private prepare(
    method: string,
    context: unknown,
    given: StartOptions | undefined,
    drawnId?: string,
  ): StartRequest {
    this.checkNotStopping(method);
    const options = checkStartOptions(given);
    const sagaId = options.sagaId ?? drawnId ?? this.ids.nextId();
    const definition = placedDefinition(this.registry.getForStart(context, options.saga), { sagaId });
    const json = definition.codec.encode(context, 'context');
    checkSize(json, 'context');
    checkComesBack(definition, json);
    const tags = tagsOf(definition, options.tags, json);
    const path = pathAtStart(definition, json);
    return { definition, json, options, sagaId, tags, park: parkOf(options), path };
  }

  private checkNotStopping(method: string): void {
    if (this.worker.isStopping) throw new SagaShuttingDownError(method);
  }

  private store(request: StartRequest, run: ReservedRun | undefined): Promise<StartedSaga> {
    return this.intercepted(request, run === undefined, (metadata) => this.storeWith(metadata, request, run));
  }

  private intercepted<Result>(
    { definition, sagaId, options }: StartRequest,
    isQueued: boolean,
    store: (metadata: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result> {
    const { metadata = {} } = options;
    if (this.interceptor === undefined) return store(metadata);
    const { name: saga, version } = definition;
    return this.interceptor.interceptStart({ sagaId, saga, version, isQueued, metadata }, store);
  }

  private async storeWith(
    metadata: Readonly<Record<string, string>>,
    request: StartRequest,
    run: ReservedRun | undefined,
  ): Promise<StartedSaga> {
    const { definition, sagaId, options } = request;
    const { running } = this.worker;
    // A second start with the same id in this process must not run it twice, nor one with the id of a stray that is
    // being released.
    const isFirst = running.markStarting(sagaId);
    try {
      const saga = newSagaOf(request, metadata, isFirst ? run?.owner : undefined);
      const result = await this.worker.writer.start(saga, this.writeLimit());
      if (result.kind === 'started') return this.started(request, saga, run);
      const isMine =
        isFirst && run !== undefined && result.header.owner === run.owner && result.header.sagaId === sagaId;
      // Only this very start can have used an id that was generated here: its first answer was lost.
      const isThisStart = isMine || (options.sagaId === undefined && result.header.sagaId === sagaId);
      this.checkSame(request, result.header, isThisStart);
      return isMine ? await this.attach(result.header, run) : this.attached(result.header, definition);
    } catch (error) {
      throw error instanceof StopRun ? error.cause : error;
    } finally {
      if (isFirst) running.unmarkStarting(sagaId);
    }
  }

  private writeLimit(): WriteLimit {
    const deadline = this.clock.monotonicNow() + startTimeoutMs;
    return { mayKeepTrying: () => this.clock.monotonicNow() < deadline };
  }

  private started(request: StartRequest, saga: NewSaga, run: ReservedRun | undefined): StartedSaga {
    const { definition } = request;
    const { sagaId, owner, park } = saga;
    if (owner === undefined || run === undefined) {
      this.queued(saga);
      const queued = startedSaga(sagaId, definition, undefined);
      return park === undefined ? queued : { ...queued, isFresh: false };
    }
    this.notifyStarted(saga);
    const header = firstHeader(saga, new Date(this.clock.now()));
    const state = initialState(saga.context, false, undefined, deadlineOf(header), header.path);
    const end = this.worker.run(run.slot, owner, definition, header, state);
    return startedSaga(sagaId, definition, end);
  }

  /** A saga without an owner is durable: this process looks for it now, or when its delay is over. */
  private queued(saga: NewSaga): void {
    this.notifyStarted(saga);
    if (saga.park === undefined) this.worker.lookForWork();
    else if (this.isWorker) this.worker.claimLater(saga.park);
  }

  /** This very start was stored, but its answer was lost: the saga is run as if the answer had arrived. */
  private async attach(header: SagaHeader, { owner, slot }: ReservedRun): Promise<StartedSaga> {
    const { sagaId } = header;
    const definition = this.registry.findFor(header);
    const loaded = await this.worker.writer
      .load(sagaId, 0, { mayKeepTrying: () => this.worker.lease.isValidFor(owner) })
      .catch((error: unknown) => {
        // It is durable, and another worker claims it when this lease has expired: that is the promise of a start.
        if (error instanceof StopRun) return undefined;
        throw error;
      });
    if (definition === undefined || loaded?.header.owner !== owner) return this.attached(header, definition);
    const state = foldJournal(loaded.header, loaded.entries);
    // Queued by another process, and claimed by this one since: the answer to the claim runs it.
    if (state.claimSeq > 0) return this.attached(loaded.header, definition);
    this.notifyStarted(loaded.header);
    return startedSaga(sagaId, definition, this.worker.run(slot, owner, definition, loaded.header, state));
  }

  private notifyStarted({ sagaId, saga, version, owner, metadata }: NewSaga | SagaHeader): void {
    const isQueued = owner === undefined;
    notifySaga(this.listener, { type: 'started', sagaId, saga, version, isQueued, metadata });
  }

  private attached(header: SagaHeading, fallback: SagaDefinition | undefined): StartedSaga {
    const definition =
      this.registry.findFor(header) ?? fallback ?? this.registry.getForStart(undefined, header.saga);
    const { sagaId, version } = header;
    return { sagaId, definition, version, isFresh: false, end: this.worker.running.get(sagaId)?.end };
  }

  private checkSame(
    { definition, json, options }: StartRequest,
    header: SagaHeader,
    isThisStart: boolean,
  ): void {
    if (header.saga !== definition.name) throw new SagaConflictError(header.sagaId, header.saga, 'saga');
    // Attaching would lose the id, and a later start with the id alone would be a second execution.
    if (options.sagaId !== undefined && header.sagaId !== options.sagaId)
      throw new SagaConflictError(header.sagaId, header.saga, 'id');
    // The same for the key.
    if (options.key !== undefined && header.key !== options.key)
      throw new SagaConflictError(header.sagaId, header.saga, 'key');
    this.checkSameContext(header, { json, codec: definition.codec });
    if (options.onConflict === 'reject' && !isThisStart)
      throw new SagaConflictError(header.sagaId, header.saga, 'exists');
  }

  private checkSameContext(header: SagaHeader, asked: StoredContext): void {
    const { sagaId, saga, context } = header;
    const codec = this.registry.findFor(header)?.codec ?? asked.codec;
    let unreadable: ErrorOptions = {};
    try {
      if (isSameContext({ json: context, codec }, asked)) return;
    } catch (cause) {
      // It is unknown whether the contexts are the same, and an answer would mean that they are.
      unreadable = { cause };
    }
    throw new SagaConflictError(sagaId, saga, 'context', unreadable);
  }
}

/** A delayed saga has no owner and no slot, and is claimed like any other that waited. */
function parkOf({ delayMs = 0 }: StartOptions): Park | undefined {
  return delayMs === 0 ? undefined : { for: 'delay', name: 'start', dueInMs: delayMs };
}

/**
 * The decisions before the first stage, which travel with the start.
 *
 * @throws SagaChoiceError if one of them fails: nothing is stored.
 */
function pathAtStart(definition: SagaDefinition, context: Json): SagaPath | undefined {
  const chosen = choosePath(definition, { stage: 0, decisions: noDecisions, context });
  if (chosen?.thrown !== undefined) throw chosen.thrown;
  return chosen?.path;
}

function newSagaOf(
  { sagaId, definition, options, json, park, tags, path }: StartRequest,
  metadata: Readonly<Record<string, string>>,
  owner: string | undefined,
): NewSaga {
  return {
    sagaId,
    saga: definition.name,
    version: definition.version,
    key: options.key,
    context: json,
    metadata,
    owner,
    park,
    deadlineInMs: deadlineInMsOf(definition, options),
    tags,
    path,
  };
}

/** A deadline counts from when the saga is due. */
function deadlineInMsOf(
  definition: SagaDefinition,
  { delayMs = 0, deadlineMs = definition.deadlineMs }: StartOptions,
): number | undefined {
  return deadlineMs === undefined ? undefined : delayMs + Math.ceil(deadlineMs);
}

function startedSaga(sagaId: string, definition: SagaDefinition, end: StartedSaga['end']): StartedSaga {
  return { sagaId, definition, version: definition.version, isFresh: true, end };
}

interface StartRequest {
  readonly definition: SagaDefinition;
  readonly json: Json;
  readonly options: StartOptions;
  readonly sagaId: string;
  readonly tags: readonly string[] | undefined;
  readonly park: Park | undefined;
  readonly path: SagaPath | undefined;
}

/** The lease under which a start runs its saga in this process, and the slot for it. */
interface ReservedRun {
  readonly owner: string;
  readonly slot: Slot;
}
