import { defineSagas, SagaEngine, SagaRegistry } from '@nest-saga/core';
import type {
  CircuitBreaker,
  CircuitBreakerOptions,
  Clock,
  DeclaredSaga,
  SagaEngineOptions,
  SagaStepPolicies,
  SagaStorage,
} from '@nest-saga/core';
import { RecordingListener } from '../fakes/recording-listener.js';
import { SequentialIds } from '../fakes/sequential-ids.js';
import { SeverableStorage } from './severable-storage.js';
import { SimulatedClock } from './simulated-clock.js';

/** What a simulated process is made of. */
export interface SimulatedProcessOptions extends Omit<
  SagaEngineOptions,
  'storage' | 'registry' | 'clock' | 'ids' | 'listener'
> {
  readonly sagas: readonly DeclaredSaga[];
  /** Shared by the processes of a test. */
  readonly storage: SagaStorage;
  /** Shared by the processes of a test. */
  readonly clock: Clock;
  /** Tells the ids of this process apart from those of the others. @default 0 */
  readonly number?: number;
  readonly policies?: SagaStepPolicies;
  readonly createCircuitBreaker?: (options: CircuitBreakerOptions) => CircuitBreaker;
}

/**
 * An engine in a process of its own, as far as one test can have several: it can be paused, as by SIGSTOP, and
 * killed, as by SIGKILL, while the others on the same storage and clock go on. What a handler is doing at that moment
 * is the test's: a handler that ends in a killed process ends for nobody.
 */
export class SimulatedProcess {
  readonly engine: SagaEngine;
  readonly listener = new RecordingListener();
  readonly ids: SequentialIds;
  private readonly storage: SeverableStorage;
  private readonly clock: SimulatedClock;

  constructor(options: SimulatedProcessOptions) {
    const { sagas, storage, clock, number = 0, policies, createCircuitBreaker, ...engineOptions } = options;
    this.ids = new SequentialIds(0, number);
    this.storage = new SeverableStorage(storage);
    this.clock = new SimulatedClock(clock);
    const definitions = defineSagas(sagas, {
      ...policies,
      ...(createCircuitBreaker === undefined ? {} : { createCircuitBreaker }),
    });
    this.engine = new SagaEngine({
      ...engineOptions,
      storage: this.storage,
      registry: new SagaRegistry(definitions),
      clock: this.clock,
      ids: this.ids,
      listener: this.listener,
    });
  }

  /** Stops its time and its way to the storage; the time of the others goes on. */
  pause(): void {
    this.clock.pause();
    this.storage.pause();
  }

  /** Wakes it up late: what was due meanwhile fires now. */
  resume(): void {
    this.storage.resume();
    this.clock.resume();
  }

  /** Ends it without a word: nothing it does reaches the storage from here on. */
  kill(): void {
    this.storage.kill();
    this.clock.kill();
  }
}
