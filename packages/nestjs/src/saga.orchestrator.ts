import type { SagaKey, SagaReader, SagaTarget, SignalOptions, StartedSaga } from '@nest-saga/core/engine';
import { Injectable } from '@nestjs/common';
import type { JournalEntry, SagaOutcome, SagaSignal, StartOptions } from '@nest-saga/core';
import { InvalidArgumentError } from '@nest-saga/core';
import { checkNames, checkSagaId, maximumSeq } from '@nest-saga/core/engine';
import type { Subscriber } from 'rxjs';
import { toExecution } from './views/saga-execution.js';
import type { SagaExecution } from './views/saga-execution.js';
import type { SagaHandle } from './views/saga-handle.js';
import { UuidV7Generator } from './node/uuid-v7-generator.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { awaitOutcome, awaitStarted, watchFrames, watchSaga } from './streams/watch-saga.js';
import type { WatchRequest } from './streams/watch-saga.js';
import { LiveWatches } from './streams/live-watches.js';
import { SagaStream } from './streams/saga-stream.js';
import { SharedStart } from './streams/shared-start.js';

/** The options of `watch()`. */
export interface WatchOptions {
  /** The `seq` of the first result; a client that saw `seq` n continues with n + 1. @default 1 */
  readonly fromSeq?: number;
}

/** The options of `cancel()`. */
export interface CancelOptions {
  /** The name of the person or service that cancels, kept in the journal. */
  readonly actor?: string;
}

const knownToWatch = ['fromSeq'];
const knownToCancel = ['actor'];

/**
 * Starts, watches, reads and cancels sagas.
 *
 * @example
 * ```ts
 * @Controller('orders')
 * export class OrdersController {
 *   constructor(private readonly sagas: SagaOrchestrator) {}
 *
 *   @Post()
 *   async place(@Body() order: OrderDto, @Headers('idempotency-key') key: string) {
 *     // Durable from here on, and one order however often the client sends it.
 *     const handle = await this.sagas.start(new OrderContext(order), { key });
 *     const { sagaId, status, failure } = await handle.outcome();
 *     return { sagaId, status, code: failure?.code };
 *   }
 *
 *   @Sse(':sagaId/events')
 *   events(@Param('sagaId', ParseUUIDPipe) sagaId: string, @Headers('last-event-id') lastEventId?: string) {
 *     const fromSeq = resumeFrom(lastEventId);
 *     return toMessageEvents(this.sagas.watch(sagaId, { fromSeq }), { fromSeq });
 *   }
 * }
 * ```
 */
@Injectable()
export class SagaOrchestrator {
  constructor(
    private readonly runtime: SagaRuntime,
    private readonly live: LiveWatches,
    private readonly ids: UuidV7Generator,
  ) {}

  /**
   * A cold Observable of a saga's results. Subscribing starts the saga, or attaches to the one with the same id or key.
   * The id is drawn when `stream()` is called, so a second subscription or a `retry()` attaches to the same saga and
   * replays it.
   *
   * Each result is emitted after it is durable, including those of compensations. The stream completes if the saga
   * COMPLETED. It errors with `SagaFailedError` (the step's error is its `cause`) after the undo, and with
   * `SagaStuckError` if the saga needs an operator. Unsubscribing only detaches: the saga continues. At shutdown the
   * stream errors with `SagaShuttingDownError`, so that responses end; the saga continues in another process.
   * `started()` returns the id of the saga before a step has ended, and `frames$` also says what the saga waits for.
   */
  stream(context: object, options?: StartOptions): SagaStream {
    const starter = async () => (await this.runtime.opened()).starter;
    const start = new SharedStart(starter, context, options, this.ids.nextId());
    const begin = () => this.runtime.use(() => start.get());
    const request = async (): Promise<WatchRequest> => {
      const started = await begin();
      return { sagaId: started.sagaId, afterSeq: 0, started };
    };
    return this.streamOf(request);
  }

  /**
   * Starts a saga in this process. Resolves when it is durable.
   *
   * It stays outside of a transaction in which it is called: the saga runs even if that transaction is rolled back, and its steps
   * do not see what the transaction has not committed. Use `startIn` there.
   *
   * @throws InvalidArgumentError, SagaNotRegisteredError, ContextNotStorableError, SagaConflictError,
   * SagaShuttingDownError, SagaBusyError: nothing was stored. SagaStorageError: try again with the same id or key.
   */
  async start<Context extends object>(
    context: Context,
    options?: StartOptions,
  ): Promise<SagaHandle<Context>> {
    return this.handle<Context>(await this.runtime.use(({ starter }) => starter.start(context, options)));
  }

  /**
   * Starts a saga in a transaction that the caller began: it exists if, and only if, the transaction is committed. After the
   * commit this process claims it at once, otherwise any worker does within a sweep. After a rollback the outcome of the
   * handle is `SagaNotFoundError`. The outcome waits for the end of the transaction, so do not await it inside.
   *
   * The transaction waits for others that use the same key, and holds the key until its own end, so keep it short.
   *
   * @param manager The `EntityManager` or the query runner of an open transaction on the data source of the saga storage.
   * @throws InvalidArgumentError also if there is no such transaction. SagaNotRegisteredError, ContextNotStorableError,
   * SagaConflictError, SagaShuttingDownError. SagaStorageError: the transaction cannot be committed; repeat all of it.
   * @example
   * await dataSource.transaction(async (manager) => {
   *   await manager.insert(OrderEntity, order);
   *   await sagas.startIn(manager, new OrderContext(order), { key: order.id });
   * });
   */
  async startIn<Context extends object>(
    manager: object,
    context: Context,
    options?: StartOptions,
  ): Promise<SagaHandle<Context>> {
    return this.handle<Context>(
      await this.runtime.use(({ starter }) => starter.startIn('startIn', manager, context, options)),
    );
  }

  /** As `startIn`, which also only queues the saga: this name says that any worker may run it. */
  async enqueueIn<Context extends object>(
    manager: object,
    context: Context,
    options?: StartOptions,
  ): Promise<SagaHandle<Context>> {
    return this.handle<Context>(
      await this.runtime.use(({ starter }) => starter.startIn('enqueueIn', manager, context, options)),
    );
  }

  /** Queues a saga for any worker. Resolves when it is durable. Throws as `start` does. */
  async enqueue<Context extends object>(
    context: Context,
    options?: StartOptions,
  ): Promise<SagaHandle<Context>> {
    return this.handle<Context>(await this.runtime.use(({ starter }) => starter.enqueue(context, options)));
  }

  /**
   * The results of a saga in any process: replays them from `fromSeq`, then emits new ones, and ends as `stream` does.
   * Errors with `SagaNotFoundError` if no saga has that id.
   *
   * @throws InvalidArgumentError
   */
  watch(sagaId: string, options: WatchOptions = {}): SagaStream {
    checkNames('options', options, knownToWatch);
    const { fromSeq = 1 } = options;
    if (!Number.isSafeInteger(fromSeq) || fromSeq < 1 || fromSeq > maximumSeq)
      throw new InvalidArgumentError('fromSeq', `pass an integer from 1 to ${maximumSeq}, or leave it out`);
    const request = { sagaId: checkSagaId(sagaId), afterSeq: fromSeq - 1 };
    return this.streamOf(async () => request);
  }

  /**
   * The state of a saga, or undefined if no saga has this id, or this key.
   *
   * @throws InvalidArgumentError if the id is not a UUID, or the key is not a text of 1 to 200 characters.
   * @example
   * const execution = await sagas.find({ saga: 'order', key: 'cart-42' });
   */
  async find(saga: string | SagaKey): Promise<SagaExecution | undefined> {
    return this.runtime.use(async ({ reader, registry }) => {
      const standing = await reader.find(saga);
      return standing === undefined ? undefined : toExecution(standing, registry);
    });
  }

  /**
   * All entries of a saga in order, as the journal keeps them: contexts and responses are JSON text.
   *
   * @throws InvalidArgumentError if the id is not a UUID.
   * @throws SagaNotFoundError if no saga has that id.
   */
  async history(sagaId: string): Promise<readonly JournalEntry[]> {
    return this.runtime.use(({ reader }) => reader.history(sagaId));
  }

  /**
   * Requests the cancellation of a saga in any process: the completed steps are compensated, and the saga ends FAILED
   * with the reason `cancelled`. Resolves when the request is durable. A saga that is being undone already is not
   * changed.
   *
   * @throws SagaStatusError if the saga has ended, or if it is stuck and its journal does not fit the steps of this
   * process.
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError
   */
  async cancel(sagaId: string, reason: string, options: CancelOptions = {}): Promise<void> {
    checkNames('options', options, knownToCancel);
    await this.runtime.use(({ requests }) => requests.cancel(sagaId, reason, options.actor));
  }

  /**
   * Sends a signal to a saga, from any process. Resolves when the signal is durable: a saga that waits for it
   * continues, and a saga that does not wait for it yet takes it when it reaches such a wait.
   *
   * @param target Its id, or the saga's name and the key that it was started with.
   * @param payload What the signal takes; it is checked before it is stored.
   * @throws SagaNotFoundError if there is no such saga.
   * @throws SagaStatusError if the saga has ended or is being undone, or has 1,000 signals that nothing has taken.
   * @throws InvalidArgumentError if the payload is not what the signal takes.
   * @example
   * await this.sagas.signal({ saga: 'order', key: orderId }, delivered, dto, { dedupeId: dto.trackingNumber });
   */
  async signal<Name extends string, Payload, Input>(
    target: SagaTarget,
    signal: SagaSignal<Name, Payload, Input>,
    payload: NoInfer<Input>,
    options?: SignalOptions,
  ): Promise<void>;
  async signal<Name extends string>(
    target: SagaTarget,
    signal: SagaSignal<Name, undefined>,
    payload?: undefined,
    options?: SignalOptions,
  ): Promise<void>;
  async signal(
    target: SagaTarget,
    signal: SagaSignal,
    payload?: unknown,
    options?: SignalOptions,
  ): Promise<void> {
    await this.runtime.use(({ requests }) => requests.signal(target, signal, payload, options));
  }

  /**
   * Sends a signal in a transaction that the caller began: the saga gets it if, and only if, the transaction is committed, soon
   * after the commit. If the saga does not take signals any more by then, the signal is dropped, and the log says so.
   *
   * @param manager As for `startIn`.
   * @throws As `signal`, and InvalidArgumentError if there is no such transaction.
   * @example
   * await dataSource.transaction(async (manager) => {
   *   await manager.update(ParcelEntity, parcel.id, { deliveredAt });
   *   await sagas.signalIn(manager, { saga: 'order', key: parcel.orderId }, delivered, dto);
   * });
   */
  async signalIn<Name extends string, Payload, Input>(
    manager: object,
    target: SagaTarget,
    signal: SagaSignal<Name, Payload, Input>,
    payload: NoInfer<Input>,
    options?: SignalOptions,
  ): Promise<void>;
  async signalIn<Name extends string>(
    manager: object,
    target: SagaTarget,
    signal: SagaSignal<Name, undefined>,
    payload?: undefined,
    options?: SignalOptions,
  ): Promise<void>;
  async signalIn(
    manager: object,
    target: SagaTarget,
    signal: SagaSignal,
    payload?: unknown,
    options?: SignalOptions,
  ): Promise<void> {
    await this.runtime.use(({ requests }) => requests.signalIn(manager, target, signal, payload, options));
  }

  /**
   * Runs a saga that has no owner in this process, without waiting for the next sweep. If another process runs it, the
   * saga stays there and the handle watches it.
   *
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError if the id is not a UUID.
   */
  async recover(sagaId: string): Promise<SagaHandle> {
    return this.handle(await this.runtime.use(({ starter }) => starter.recover(sagaId)));
  }

  /**
   * The handle of a durable saga.
   *
   * @internal
   */
  handle<Context>(started: StartedSaga): SagaHandle<Context> {
    const { sagaId } = started;
    return {
      sagaId,
      results$: this.streamOf(async () => {
        await started.transaction;
        return { sagaId, afterSeq: 0, started };
      }),
      outcome: () =>
        this.runtime.use(
          ({ reader }) => awaitOutcome(reader, this.live, sagaId, started) as Promise<SagaOutcome<Context>>,
        ),
    };
  }

  /** A stream of the saga of a request, which is only made when the stream is used. */
  private streamOf(request: () => Promise<WatchRequest>): SagaStream {
    const following =
      <Value>(watch: Watch<Value>) =>
      (subscriber: Subscriber<Value>): void => {
        request()
          .then((asked) =>
            this.runtime.use(({ reader }) => {
              if (!subscriber.closed) watch(reader, this.live, asked, subscriber);
            }),
          )
          .catch((error: unknown) => subscriber.error(error));
      };
    return new SagaStream(
      following(watchSaga),
      async () => {
        const { sagaId, started } = await request();
        return this.runtime.use(({ reader }) => awaitStarted(reader, this.live, sagaId, started));
      },
      following(watchFrames),
    );
  }
}

type Watch<Value> = (
  reader: SagaReader,
  live: LiveWatches,
  request: WatchRequest,
  subscriber: Subscriber<Value>,
) => void;
