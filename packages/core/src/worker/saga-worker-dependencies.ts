import type { SagaRegistry } from '../definition/saga-registry.js';
import type { AwaitResult } from '../ports/await-result.js';
import type { Clock } from '../ports/clock.js';
import type { EventHandlers } from '../ports/event-handlers.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { StepInterceptor } from '../ports/step-interceptor.js';
import type { Surroundings } from '../ports/surroundings.js';
import type { JournalWatch } from './journal-watch.js';
import type { WorkerOutbox } from './worker-outbox.js';

/** Delivers the messages to sagas. */
export interface MessageDelivery {
  /** Delivers the messages that are stored, in the background. */
  deliverSoon(): void;
  /** Takes no further messages. Resolves when those that were taken are delivered, or failed. */
  stop(): Promise<void>;
}

/** The dependencies of a worker. */
export interface SagaWorkerDependencies {
  readonly storage: SagaStorage;
  readonly registry: SagaRegistry;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly watch: JournalWatch;
  readonly listener: SagaListener | undefined;
  readonly interceptor: StepInterceptor | undefined;
  readonly awaitResult?: AwaitResult | undefined;
  readonly surroundings: Surroundings;
  /** Delivers messages to sagas; absent: this worker delivers none. */
  readonly messages?: MessageDelivery | undefined;
  /** The handlers of the events of steps in this process. */
  readonly eventHandlers?: EventHandlers | undefined;
  /** Undefined if the storage has no place for messages. */
  readonly outbox?: WorkerOutbox | undefined;
}
