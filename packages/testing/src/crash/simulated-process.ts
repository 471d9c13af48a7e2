import { defineSagas } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type {
  Clock,
  CreateCircuitBreaker,
  DeclaredSaga,
  SagaOutcome,
  SagaStepPolicies,
  SagaStepResult,
  SagaStorage,
  StartOptions,
} from '@nest-saga/core';
import type { SagaEngineOptions, StartedSaga } from '@nest-saga/core/engine';
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
  readonly createCircuitBreaker?: CreateCircuitBreaker;
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
  private readonly saga: string;
  private readonly storage: SeverableStorage;
  private readonly clock: SimulatedClock;

  constructor(options: SimulatedProcessOptions) {
    const { sagas, storage, clock, number = 0, policies, createCircuitBreaker, ...engineOptions } = options;
    this.saga = sagas[0]?.name ?? '';
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

  /** Starts a saga here. The saga is the one named in the options, or else the first of this process. */
  start(context: unknown = {}, options: StartOptions = {}): Promise<StartedSaga> {
    return this.engine.starter.start(context, { saga: this.saga, ...options });
  }

  /** Queues a saga. The saga is the one named in the options, or else the first of this process. */
  enqueue(context: unknown = {}, options: StartOptions = {}): Promise<StartedSaga> {
    return this.engine.starter.enqueue(context, { saga: this.saga, ...options });
  }

  /** How a saga ends, as this process sees it. */
  outcome(saga: StartedSaga | string): Promise<SagaOutcome> {
    return typeof saga === 'string'
      ? this.engine.reader.outcome(saga)
      : this.engine.reader.outcome(saga.sagaId, saga);
  }

  /** The results of a saga's steps as a stream shows them, from the beginning until now. */
  results(sagaId: string): readonly SagaStepResult[] {
    const results: SagaStepResult[] = [];
    const ignore = (): void => undefined;
    this.engine.reader.follow(sagaId, 0, {
      onResult: (result) => results.push(result),
      onEnd: ignore,
      onError: ignore,
    });
    return results;
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
