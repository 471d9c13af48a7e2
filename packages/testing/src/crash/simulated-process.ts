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

/** The options of a simulated process. */
export interface SimulatedProcessOptions extends Omit<
  SagaEngineOptions,
  'storage' | 'registry' | 'clock' | 'ids' | 'listener'
> {
  readonly sagas: readonly DeclaredSaga[];
  /** The common storage of the processes of a test. */
  readonly storage: SagaStorage;
  /** The common clock of the processes of a test. */
  readonly clock: Clock;
  /** Distinguishes the ids of this process from those of others. @default 0 */
  readonly number?: number;
  readonly policies?: SagaStepPolicies;
  readonly createCircuitBreaker?: CreateCircuitBreaker;
}

/**
 * An engine that behaves like a separate process, of which one test can have several: it can be paused, as by SIGSTOP,
 * and killed, as by SIGKILL, while the others on the same storage and clock continue. Its running handlers belong to
 * the test: the result of a handler in a killed process has no effect.
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

  /** Starts a saga in this process: the one in the options, or else the first saga of the process. */
  start(context: unknown = {}, options: StartOptions = {}): Promise<StartedSaga> {
    return this.engine.starter.start(context, { saga: this.saga, ...options });
  }

  /** Queues a saga: the one in the options, or else the first saga of the process. */
  enqueue(context: unknown = {}, options: StartOptions = {}): Promise<StartedSaga> {
    return this.engine.starter.enqueue(context, { saga: this.saga, ...options });
  }

  /** Resolves with the end of a saga, as this process sees it. */
  outcome(saga: StartedSaga | string): Promise<SagaOutcome> {
    return typeof saga === 'string'
      ? this.engine.reader.outcome(saga)
      : this.engine.reader.outcome(saga.sagaId, saga);
  }

  /** The results of a saga's steps as a stream emits them, from the beginning until now. */
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

  /** Stops its time and its connection to the storage; the time of the others continues. */
  pause(): void {
    this.clock.pause();
    this.storage.pause();
  }

  /** Wakes it up: overdue timers fire now. */
  resume(): void {
    this.storage.resume();
    this.clock.resume();
  }

  /** Ends it without a shutdown: none of its calls reaches the storage from here on. */
  kill(): void {
    this.storage.kill();
    this.clock.kill();
  }
}
