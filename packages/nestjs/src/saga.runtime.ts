import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core';
import { SagaDefinitions } from './discovery/saga-definitions.js';
import { toWorkerSettings } from './engine-options.js';
import { SagaModuleNotInitializedError } from './errors/saga-module-not-initialized-error.js';
import { SystemClock } from './node/system-clock.js';
import { UuidV7Generator } from './node/uuid-v7-generator.js';
import { MODULE_OPTIONS_TOKEN } from './saga.module-definition.js';
import type { SagaModuleOptions } from './saga-module-options.js';
import { createStorage } from './storage/create-storage.js';
import { LiveFollowers } from './streams/live-followers.js';

/**
 * The engine of this application and its life: made from the discovered sagas when modules are initialized, opened at
 * bootstrap or by the first use after that, closed while the rest of the application is still up.
 */
@Injectable()
export class SagaRuntime implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private engine: SagaEngine | undefined;
  private opening: Promise<SagaEngine> | undefined;
  private knownSagas: SagaRegistry | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SagaModuleOptions,
    private readonly definitions: SagaDefinitions,
    private readonly moduleRef: ModuleRef,
    private readonly clock: SystemClock,
    private readonly ids: UuidV7Generator,
    private readonly live: LiveFollowers,
  ) {}

  /** The sagas of this application. */
  get registry(): SagaRegistry {
    if (this.knownSagas === undefined) throw new SagaModuleNotInitializedError();
    return this.knownSagas;
  }

  /**
   * The engine, ready for use.
   *
   * @throws SagaModuleNotInitializedError before this module was initialized.
   */
  async opened(): Promise<SagaEngine> {
    if (this.engine === undefined) throw new SagaModuleNotInitializedError();
    this.opening ??= open(this.engine);
    return this.opening;
  }

  /** Every provider exists by now, whichever module declares it. */
  async onModuleInit(): Promise<void> {
    const { listener, interceptor } = this.options;
    this.knownSagas = new SagaRegistry(await this.definitions.define());
    const storage = await createStorage(this.options.storage, this.moduleRef, this.clock);
    this.engine = new SagaEngine({
      ...toWorkerSettings(this.options),
      storage,
      registry: this.knownSagas,
      clock: this.clock,
      ids: this.ids,
      ...(listener === undefined ? {} : { listener }),
      ...(interceptor === undefined ? {} : { interceptor }),
    });
  }

  /** Not before: a recovered saga's steps may need what other modules make ready in onModuleInit. */
  async onApplicationBootstrap(): Promise<void> {
    await this.opened();
  }

  /** While the application's connections are still open. */
  async onModuleDestroy(): Promise<void> {
    try {
      const engine = await this.opening?.catch(() => undefined);
      await engine?.close();
    } finally {
      this.live.endAll();
    }
  }
}

async function open(engine: SagaEngine): Promise<SagaEngine> {
  await engine.open();
  return engine;
}
