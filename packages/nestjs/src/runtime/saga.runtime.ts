import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { isCommandProcess, resolveWorkerOptions, SagaRegistry } from '@nest-saga/core/engine';
import type { SagaWorkerOptions } from '@nest-saga/core/engine';
import { BootstrapPhase } from './bootstrap-phase.js';
import { awaitObservable } from './await-observable.js';
import { SagaDefinitions } from '../discovery/saga-definitions.js';
import { SagaSubscriptions } from '../discovery/saga-subscriptions.js';
import { VisibleProviders } from '../discovery/visible-providers.js';
import { SagaModuleNotInitializedError } from '../errors/saga-module-not-initialized-error.js';
import { SagaEvents } from '../events/saga-events.js';
import { SagaInterceptors } from '../interceptors/saga-interceptors.js';
import { SagaListeners } from '../events/saga-listeners.js';
import { AsyncSurroundings } from '../node/async-surroundings.js';
import { ProcessKeeper } from '../node/process-keeper.js';
import { SystemClock } from '../node/system-clock.js';
import { UuidV7Generator } from '../node/uuid-v7-generator.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import { createStorage } from '../storage/create-storage.js';
import { SAGA_STORAGE } from '../storage/saga-storage.token.js';
import { LiveWatches } from '../streams/live-watches.js';
import { SagaEngines } from './saga-engines.js';
import type { HostedEngine } from './saga-engines.js';
import { untilDeadline } from './until-deadline.js';
import { checkSagaList } from '../views/check-saga-list.js';
import type { SagaPage } from '@nest-saga/core';

/** How much longer than the steps the storage may take at a shutdown, in milliseconds. */
const storageGraceMs = 5_000;

/**
 * The engine of this application: made from the discovered sagas when modules are initialized, opened at bootstrap by
 * the first use or by its own hook, and closed while the rest of the application still works.
 */
@Injectable()
export class SagaRuntime implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private engine: HostedEngine | undefined;
  private endTelemetry: (() => void) | undefined;
  private opening: Promise<HostedEngine> | undefined;
  private releaseProcess: (() => void) | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SagaModuleOptions,
    @Inject(SAGA_STORAGE) private readonly storage: SagaModuleOptions['storage'],
    private readonly definitions: SagaDefinitions,
    private readonly visible: VisibleProviders,
    private readonly interceptors: SagaInterceptors,
    private readonly clock: SystemClock,
    private readonly ids: UuidV7Generator,
    private readonly live: LiveWatches,
    private readonly keeper: ProcessKeeper,
    private readonly bootstrap: BootstrapPhase,
    private readonly listeners: SagaListeners,
    private readonly events: SagaEvents,
    private readonly engines: SagaEngines,
    private readonly subscriptions: SagaSubscriptions,
  ) {}

  /**
   * The engine, ready for use. Not `async`: every start waits for this, and the engine is nearly always ready.
   *
   * A use before the bootstrap is refused and does not open the engine early: recovery starts with it, and the steps of
   * recovered sagas may need modules that are not ready.
   *
   * @throws SagaModuleNotInitializedError if a module of the application is not initialized yet.
   */
  opened(): Promise<HostedEngine> {
    const { engine } = this;
    if (engine === undefined || !this.bootstrap.hasBegun)
      return Promise.reject(new SagaModuleNotInitializedError());
    this.opening ??= open(engine);
    return this.opening;
  }

  /**
   * Uses the engine, and keeps the process alive until the answer is there. While the database is unreachable, nothing
   * else would keep it alive.
   *
   * @throws SagaModuleNotInitializedError if a module of the application is not initialized yet.
   */
  use<Result>(work: (sagas: HostedEngine) => Result | Promise<Result>): Promise<Result> {
    return this.keeper.during(async () => work(await this.opened()));
  }

  /**
   * One page of sagas without their contexts, for the operations page. The query may consist of the strings of a URL.
   *
   * @throws InvalidArgumentError
   */
  listHeadings(query: unknown): Promise<SagaPage> {
    return this.use(({ storage }) => storage.list(checkSagaList(query)));
  }

  /** By now Nest has made the providers of all modules. */
  async onModuleInit(): Promise<void> {
    const registry = new SagaRegistry(await this.definitions.define(), this.options.codec);
    const storage = await createStorage(this.storage, this.visible, this.clock);
    const { telemetry } = this.options;
    const interceptor = this.interceptors.aroundSteps(telemetry?.stepInterceptor);
    const startInterceptor = this.interceptors.aroundStarts(telemetry?.startInterceptor);
    this.engine = this.engines.make({
      ...this.workerOptions(),
      storage,
      registry,
      clock: this.clock,
      ids: this.ids,
      listener: this.listeners,
      eventHandlers: this.events,
      subscriptions: isCommandProcess() ? [] : this.subscriptions.subscriptions,
      awaitResult: awaitObservable,
      surroundings: new AsyncSurroundings(),
      ...(interceptor === undefined ? {} : { interceptor }),
      ...(startInterceptor === undefined ? {} : { startInterceptor }),
    });
    this.endTelemetry = telemetry?.begin(storage);
  }

  /**
   * Not earlier: the steps of a recovered saga may need something that other modules prepare in onModuleInit. From now
   * on the process of a worker stays alive until the application is closed, even without a server and without
   * connections.
   */
  async onApplicationBootstrap(): Promise<void> {
    const release = this.keeper.hold();
    try {
      await this.opened();
    } catch (error) {
      release();
      throw error;
    }
    if (this.workerOptions().worker || this.subscriptions.subscriptions.length > 0)
      this.releaseProcess = release;
    else release();
  }

  /**
   * Runs while the application's connections are still open: starts no further step, waits for running steps, and ends
   * all open streams, so that `app.close()` returns.
   */
  async onModuleDestroy(): Promise<void> {
    try {
      // The timers of the engine do not keep the process alive, and its sagas have to be released.
      await this.keeper.during(() => this.close());
    } finally {
      this.releaseProcess?.();
      this.endTelemetry?.();
      this.live.endAll();
      this.events.complete();
    }
  }

  /** A command of `nest-saga` that loaded the application runs no sagas and publishes nothing, whatever the options say. */
  private workerOptions(): SagaWorkerOptions {
    const resolved = resolveWorkerOptions(this.options);
    if (!isCommandProcess()) return resolved;
    const { sinks: _sinks, ...events } = resolved.events as SagaWorkerOptions['events'] & {
      readonly sinks?: unknown;
    };
    return { ...resolved, worker: false, events };
  }

  private async close(): Promise<void> {
    const isOpen = await this.opening?.then(
      () => true,
      () => false,
    );
    if (isOpen !== true || this.engine === undefined) return;
    const { shutdownTimeoutMs, abortGraceMs } = resolveWorkerOptions(this.options);
    const isClosed = await untilDeadline(
      this.engine.close(),
      shutdownTimeoutMs + abortGraceMs + storageGraceMs,
      this.clock,
    );
    if (!isClosed)
      new Logger('Saga').error(
        'The storage did not answer at shutdown; other workers claim the sagas when the lease expires',
      );
  }
}

async function open(engine: HostedEngine): Promise<HostedEngine> {
  try {
    await engine.open();
  } catch (error) {
    await engine.storage.close().catch(() => undefined);
    throw error;
  }
  return engine;
}
