import { Inject, Injectable } from '@nestjs/common';
import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from '@nest-saga/core';
import { SagaEvents } from '../events/saga-events.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../saga-module-options.js';
import { SagaLog } from './saga-log.js';

/**
 * Everyone who is told what happens, as one: the log, `SagaEvents`, and the application's own listener. What one of
 * them throws does not keep the news from the others.
 */
@Injectable()
export class SagaListeners implements SagaListener {
  private readonly listeners: readonly SagaListener[];

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) { listener }: SagaModuleOptions,
    log: SagaLog,
    events: SagaEvents,
  ) {
    this.listeners = listener === undefined ? [log, events] : [log, events, listener];
  }

  onSagaEvent(event: SagaLifecycleEvent): void {
    for (const listener of this.listeners) quietly(() => listener.onSagaEvent?.(event));
  }

  onWorkerEvent(event: WorkerEvent): void {
    for (const listener of this.listeners) quietly(() => listener.onWorkerEvent?.(event));
  }
}

function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // A listener harms nobody.
  }
}
