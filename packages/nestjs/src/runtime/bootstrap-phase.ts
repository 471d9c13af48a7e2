import type { OnApplicationBootstrap } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** Knows whether every module of the application is initialized. */
@Injectable()
export class BootstrapPhase implements OnApplicationBootstrap {
  private begun = false;

  constructor(modules: ModulesContainer) {
    // Nest calls the hooks of the most distant module first, and a global one is as distant as `Number.MAX_VALUE`.
    for (const module of modules.values()) if (module.hasProvider(BootstrapPhase)) module.distance = Infinity;
  }

  /** Nest calls `onApplicationBootstrap()` only after all `onModuleInit()` hooks have ended. */
  get hasBegun(): boolean {
    return this.begun;
  }

  onApplicationBootstrap(): void {
    this.begun = true;
  }
}

/**
 * A separate module, whose hooks run before those of all other modules: every module of the application may use sagas
 * in its `onApplicationBootstrap()`.
 */
@Module({ providers: [BootstrapPhase], exports: [BootstrapPhase] })
export class BootstrapPhaseModule {}
