import { Injectable } from '@nestjs/common';
import type { JournalEntry, SagaOutcome, SagaStarted, SagaStepResult, StartOptions } from '@nest-saga/core';
import type { StartedSaga } from '@nest-saga/core/engine';
import { InvalidArgumentError } from '@nest-saga/core';
import { checkNames, checkSagaId, maximumSeq } from '@nest-saga/core/engine';
import type { Subscriber } from 'rxjs';
import { toExecution } from './views/saga-execution.js';
import type { SagaExecution } from './views/saga-execution.js';
import type { SagaHandle } from './views/saga-handle.js';
import { UuidV7Generator } from './node/uuid-v7-generator.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { awaitOutcome, awaitStarted, watchSaga } from './streams/watch-saga.js';
import type { WatchRequest } from './streams/watch-saga.js';
import { LiveWatches } from './streams/live-watches.js';
import { SagaStream } from './streams/saga-stream.js';
import { SharedStart } from './streams/shared-start.js';

/** From where a saga is watched. */
export interface WatchOptions {
  /** The first result that is told; a client that saw `seq` n goes on with n + 1. @default 1 */
  readonly fromSeq?: number;
}

/** Who asks for a saga to be cancelled. */
export interface CancelOptions {
  /** Kept in the journal. */
  readonly actor?: string;
}

const knownToWatch = ['fromSeq'];
const knownToCancel = ['actor'];

/**
 * Starts, follows, reads and cancels sagas.
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
 *   follow(@Param('sagaId', ParseUUIDPipe) sagaId: string, @Headers('last-event-id') lastEventId?: string) {
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
   * A cold Observable of a saga's results. Subscribing starts the saga, or attaches to the one with the same id or
   * key. The id is drawn now, so a second subscription and a `retry()` attach to the same saga and replay it.
   *
   * Each result is emitted after it is durable, compensations too. Completes where the saga COMPLETED; errors with
   * `SagaFailedError` (the step's error as `cause`) after the undo, and with `SagaStuckError` where a person is
   * needed. Unsubscribing only detaches: the saga goes on. At shutdown it errors with `SagaShuttingDownError`, so that
   * responses end; the saga goes on elsewhere. `started()` says which saga it is, before any step has ended.
   */
  stream(context: object, options?: StartOptions): SagaStream {
    const starter = async () => (await this.runtime.opened()).starter;
    const start = new SharedStart(starter, context, options, this.ids.nextId());
    const begin = () => this.runtime.use(() => start.get());
    return new SagaStream(
      (subscriber) => {
        begin().then(
          (started) => this.follow({ sagaId: started.sagaId, afterSeq: 0, started }, subscriber),
          (error: unknown) => subscriber.error(error),
        );
      },
      async () => {
        const started = await begin();
        return this.started(started.sagaId, started);
      },
    );
  }

  /**
   * Starts a saga here. Resolves once it is durable.
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

  /** Queues a saga for whichever worker claims it. Resolves once it is durable. Throws as `start` does. */
  async enqueue<Context extends object>(
    context: Context,
    options?: StartOptions,
  ): Promise<SagaHandle<Context>> {
    return this.handle<Context>(await this.runtime.use(({ starter }) => starter.enqueue(context, options)));
  }

  /**
   * The results of a saga that any process runs: replays from `fromSeq`, then follows, and ends as `stream` does.
   * Errors with `SagaNotFoundError` where there is no such saga.
   *
   * @throws InvalidArgumentError
   */
  watch(sagaId: string, options: WatchOptions = {}): SagaStream {
    checkNames('options', options, knownToWatch);
    const { fromSeq = 1 } = options;
    if (!Number.isSafeInteger(fromSeq) || fromSeq < 1 || fromSeq > maximumSeq)
      throw new InvalidArgumentError('fromSeq', `pass an integer from 1 to ${maximumSeq}, or leave it out`);
    const request = { sagaId: checkSagaId(sagaId), afterSeq: fromSeq - 1 };
    return new SagaStream(
      (subscriber) => this.follow(request, subscriber),
      () => this.started(request.sagaId),
    );
  }

  /** Where a saga stands, or undefined where there is none with this id. */
  async find(sagaId: string): Promise<SagaExecution | undefined> {
    return this.runtime.use(async ({ reader, registry }) => {
      const header = await reader.find(sagaId);
      return header === undefined ? undefined : toExecution(header, registry);
    });
  }

  /**
   * Everything that happened to a saga, in order, as the journal keeps it: contexts and responses are JSON text.
   *
   * @throws SagaNotFoundError
   */
  async history(sagaId: string): Promise<readonly JournalEntry[]> {
    return this.runtime.use(({ reader }) => reader.history(sagaId));
  }

  /**
   * Asks for a saga to be cancelled, whichever process runs it: what was done is undone and it ends FAILED with the
   * reason `cancelled`. Resolves once the request is durable. A saga that is being undone stays as it is.
   *
   * @throws SagaStatusError where it has ended, or is stuck and its journal does not fit the steps of this process,
   * SagaNotFoundError
   */
  async cancel(sagaId: string, reason: string, options: CancelOptions = {}): Promise<void> {
    checkNames('options', options, knownToCancel);
    await this.runtime.use(({ requests }) => requests.cancel(sagaId, reason, options.actor));
  }

  /**
   * Takes up a saga that nobody runs, at once and here; one that another process runs is left there and followed.
   *
   * @throws SagaNotFoundError
   */
  async recover(sagaId: string): Promise<SagaHandle> {
    return this.handle(await this.runtime.use(({ starter }) => starter.recover(sagaId)));
  }

  private handle<Context>(started: StartedSaga): SagaHandle<Context> {
    const { sagaId } = started;
    return {
      sagaId,
      results$: new SagaStream(
        (subscriber) => this.follow({ sagaId, afterSeq: 0, started }, subscriber),
        () => this.started(sagaId, started),
      ),
      outcome: () =>
        this.runtime.use(
          ({ reader }) => awaitOutcome(reader, this.live, sagaId, started) as Promise<SagaOutcome<Context>>,
        ),
    };
  }

  private started(sagaId: string, started?: StartedSaga): Promise<SagaStarted> {
    return this.runtime.use(({ reader }) => awaitStarted(reader, this.live, sagaId, started));
  }

  private follow(request: WatchRequest, subscriber: Subscriber<SagaStepResult>): void {
    this.runtime
      .use(({ reader }) => {
        if (!subscriber.closed) watchSaga(reader, this.live, request, subscriber);
      })
      .catch((error: unknown) => subscriber.error(error));
  }
}
