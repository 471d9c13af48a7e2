import { Inject, Injectable } from '@nestjs/common';
import { notifySaga, notifyWorker } from '@nest-saga/core/engine';
import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from '@nest-saga/core';
import { SagaEvents } from './saga-events.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import type { SagaTelemetry } from '../telemetry/saga-telemetry.js';
import { SagaLogger } from '../logging/saga-logger.js';

/**
 * All listeners as one: the log, `SagaEvents`, and the application's own listener. An error of one of them is logged,
 * and the others are still notified.
 */
@Injectable()
export class SagaListeners implements SagaListener {
  private readonly listeners: readonly SagaListener[];
  private readonly telemetry: SagaTelemetry | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: SagaModuleOptions | null | undefined,
    private readonly log: SagaLogger,
    events: SagaEvents,
  ) {
    // A factory may have returned undefined: the check of the options reports it later.
    const { listener, telemetry } = options ?? {};
    this.telemetry = telemetry;
    this.listeners = listener === undefined ? [log, events] : [log, events, listener];
  }

  onSagaEvent(event: SagaLifecycleEvent): void {
    if (this.telemetry === undefined) this.notifySagaEvent(event);
    else this.telemetry.intercept(event, () => this.notifySagaEvent(event));
  }

  onWorkerEvent(event: WorkerEvent): void {
    for (const listener of this.listeners) notifyWorker(listener, event, this);
  }

  onListenerError(error: unknown, event: SagaLifecycleEvent | WorkerEvent): void {
    this.log.onListenerError(error, event);
  }

  private notifySagaEvent(event: SagaLifecycleEvent): void {
    for (const listener of this.listeners) notifySaga(listener, event, this);
  }
}
