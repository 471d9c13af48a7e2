import { Inject, Injectable } from '@nestjs/common';
import { flatten, isFallback, isParallel } from '@nest-saga/core/engine';
import type { CreateCircuitBreaker, DeclaredSaga } from '@nest-saga/core';
import { SagaListeners } from '../events/saga-listeners.js';
import { SystemClock } from '../node/system-clock.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';

/** Makes the breakers of fallbacks that have settings for one. */
@Injectable()
export class CircuitBreakers {
  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SagaModuleOptions,
    private readonly listeners: SagaListeners,
    private readonly clock: SystemClock,
  ) {}

  /** The function that makes them, or undefined if no saga has one: the library is only loaded if it is used. */
  async findFactory(sagas: readonly DeclaredSaga[]): Promise<CreateCircuitBreaker | undefined> {
    if (this.options.createCircuitBreaker !== undefined) return this.options.createCircuitBreaker;
    if (!sagas.some(hasBreakerSettings)) return undefined;
    const { CockatielCircuitBreaker } = await import('./cockatiel-circuit-breaker.js');
    return (settings, { saga, version }) =>
      new CockatielCircuitBreaker(settings, this.clock, (step, state) =>
        this.listeners.onWorkerEvent({ type: 'circuit', saga, version, step, state }),
      );
  }
}

function hasBreakerSettings({ steps }: DeclaredSaga): boolean {
  const branches = flatten(steps).flatMap(({ declared }): readonly unknown[] =>
    isParallel(declared) ? declared.branches : [declared],
  );
  return branches.some(
    (stage) =>
      isFallback(stage) && stage.circuitBreaker !== undefined && !('execute' in stage.circuitBreaker),
  );
}
