import type { SagaRegistry } from './definition/saga-registry.js';
import type { AwaitResult } from './ports/await-result.js';
import type { Clock } from './ports/clock.js';
import type { EventHandlers } from './ports/event-handlers.js';
import type { IdGenerator } from './ports/id-generator.js';
import { checkTransactions } from './ports/check-transactions.js';
import { notifyWorker } from './ports/notify.js';
import type { SagaListener } from './ports/saga-listener.js';
import { openedStorage } from './ports/opened-storage.js';
import type { SagaStorage } from './ports/saga-storage.js';
import type { StartInterceptor } from './ports/start-interceptor.js';
import type { StepInterceptor } from './ports/step-interceptor.js';
import { noSurroundings } from './ports/surroundings.js';
import type { SagaSubscription } from './ports/saga-subscription.js';
import type { Surroundings } from './ports/surroundings.js';
import { JournalWatch } from './worker/journal-watch.js';
import { EventRedelivery } from './client/event-redelivery.js';
import { MessageDeliveries } from './client/message-deliveries.js';
import { SagaApprovals } from './client/saga-approvals.js';
import { OutgoingMessages } from './client/outgoing-messages.js';
import { RetentionSweep } from './client/retention-sweep.js';
import { SagaInspector } from './client/saga-inspector.js';
import { SagaPurger } from './client/saga-purger.js';
import { SagaReader } from './client/saga-reader.js';
import { SagaReversals } from './client/saga-reversals.js';
import { SagaRequests } from './client/saga-requests.js';
import { SagaStarter } from './client/saga-starter.js';
import { createOutbox } from './outbox/create-outbox.js';
import type { OutboxRelay } from './outbox/outbox-relay.js';
import { SagaWorker } from './worker/saga-worker.js';
import type { SagaWorkerSettings } from './options/worker-options.js';
import { resolveWorkerOptions } from './options/worker-options.js';

/** The options of an engine. */
export interface SagaEngineOptions extends SagaWorkerSettings {
  readonly storage: SagaStorage;
  readonly registry: SagaRegistry;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly listener?: SagaListener;
  readonly interceptor?: StepInterceptor;
  /** Absent: what a handler returns is its result, or a promise of it. */
  readonly awaitResult?: AwaitResult;
  readonly startInterceptor?: StartInterceptor;
  /** The handlers of the events of steps in this process; a saga waits for them. By default, there are none. */
  readonly eventHandlers?: EventHandlers;
  /** The handlers of this process for ends of sagas. By default, there are none. */
  readonly subscriptions?: readonly SagaSubscription[];
  /**
   * Runs shared work: claimed sagas, sweeps, reads for watchers, and started sagas too unless `keepsCallerSurroundings`
   * is set.
   *
   * @default no surroundings
   */
  readonly surroundings?: Surroundings;
}

/** All parts of one process for sagas: the worker, and the parts that start, read and send requests. */
export class SagaEngine {
  readonly starter: SagaStarter;
  readonly reader: SagaReader;
  readonly requests: SagaRequests;
  readonly approvals: SagaApprovals;
  readonly redelivery: EventRedelivery;
  readonly inspector: SagaInspector;
  readonly purger: SagaPurger;
  /** Undoes sagas that have completed. */
  readonly reversals: SagaReversals;
  /** The actions of people on messages that are still to be delivered. */
  readonly outgoing: OutgoingMessages;
  readonly worker: SagaWorker;
  readonly watch: JournalWatch;
  /** The storage of the options. Reads return the texts of encrypted sagas as they were written. */
  readonly storage: SagaStorage;
  private readonly messages: MessageDeliveries;
  private readonly retention: RetentionSweep;
  private readonly isWorker: boolean;
  private readonly outbox: OutboxRelay | undefined;
  private readonly shutdownTimeoutMs: number;
  private readonly surroundings: Surroundings;
  private endHints: (() => void) | undefined;

  constructor(private readonly options: SagaEngineOptions) {
    const { registry, clock, ids, listener, interceptor, startInterceptor, eventHandlers } = options;
    const { awaitResult } = options;
    const storage = (this.storage = openedStorage(options.storage, registry));
    const settings = resolveWorkerOptions(options);
    this.isWorker = settings.worker;
    this.shutdownTimeoutMs = settings.shutdownTimeoutMs;
    this.surroundings = options.surroundings ?? noSurroundings;
    const { surroundings } = this;
    this.watch = new JournalWatch(
      storage,
      clock,
      settings.watchIntervalMs,
      (error) =>
        notifyWorker(listener, { type: 'storage-failed', operation: 'readNews', sagaId: undefined, error }),
      surroundings,
    );
    const messages = {
      deliverSoon: () => this.messages.deliverSoon(),
      stop: () => this.messages.stop(),
    };
    const isRunning = (sagaId: string): boolean => this.worker.running.get(sagaId) !== undefined;
    const outbox = createOutbox({ ...options, storage, surroundings, isRunning }, settings);
    this.outbox = outbox;
    this.worker = new SagaWorker(
      {
        storage,
        registry,
        clock,
        ids,
        watch: this.watch,
        listener,
        interceptor,
        awaitResult,
        surroundings,
        eventHandlers,
        messages,
        outbox,
      },
      settings,
    );
    this.starter = new SagaStarter(
      registry,
      storage,
      this.worker,
      this.isWorker,
      clock,
      ids,
      listener,
      startInterceptor,
      settings.busyTimeoutMs,
    );
    this.reader = new SagaReader(
      storage,
      registry,
      this.watch,
      clock,
      settings.watchIntervalMs,
      (sagaId, seq) => this.worker.running.at(sagaId, seq),
    );
    this.requests = new SagaRequests(storage, registry, this.worker, clock, ids, outbox);
    this.messages = new MessageDeliveries(storage, this.requests, listener);
    this.reversals = new SagaReversals(storage, registry, this.worker, clock, ids);
    this.approvals = new SagaApprovals(storage, registry);
    this.purger = new SagaPurger(options.storage, clock);
    this.retention = new RetentionSweep(this.purger, clock, ids, options.retention ?? {}, listener);
    this.inspector = new SagaInspector(storage, registry);
    this.outgoing = new OutgoingMessages(storage);
    this.redelivery = new EventRedelivery(storage, registry, this.worker);
  }

  get registry(): SagaRegistry {
    return this.options.registry;
  }

  /** Opens the storage and begins to work. Rejects if the storage cannot be prepared. */
  open(): Promise<void> {
    return this.surroundings.run(async () => {
      checkTransactions(this.storage, this.registry);
      await this.storage.open(this.surroundings);
      this.endHints = this.storage.onHint?.((hint) => {
        if (hint.kind === 'saga') this.watch.hint(hint.sagaId);
      });
      await this.outbox?.open();
      if (!this.isWorker) return;
      await this.worker.start();
      this.retention.start();
    });
  }

  /**
   * Stops in an orderly way: see `SagaWorker.stop`. Watches are dropped; complete everything that depends on them
   * before.
   */
  close(): Promise<void> {
    return this.surroundings.run(async () => {
      await Promise.all([this.worker.stop(), this.retention.stop()]);
      await this.outbox?.close(this.shutdownTimeoutMs);
      this.endHints?.();
      this.watch.close();
      await this.storage.close();
    });
  }
}
