import { InMemorySagaStorage } from '@nest-saga/core';
import type { DeclaredSaga, LoadedSaga, SagaOutcome, SagaStorage, StartOptions } from '@nest-saga/core';
import { FakeClock } from '../fakes/fake-clock.js';
import { advanceUntil } from '../fakes/advance-until.js';
import { describeEntry } from './describe-entry.js';
import { SimulatedProcess } from './simulated-process.js';
import type { SimulatedProcessOptions } from './simulated-process.js';

/** The options of one process of a cluster; by default it runs the cluster's sagas on its storage. */
export type ClusterProcessOptions = Partial<Omit<SimulatedProcessOptions, 'clock' | 'number'>>;

/**
 * Several processes on one storage in memory and one fake clock, for tests of what happens to sagas when processes
 * stop, die or wake up late.
 *
 * @example
 * const cluster = new SimulatedCluster([saga]);
 * const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
 * const { sagaId } = await first.start({ total: 1 });
 * first.kill();
 * const outcome = await cluster.resolve(second.outcome(sagaId));
 */
export class SimulatedCluster {
  readonly clock = new FakeClock();
  readonly memory = new InMemorySagaStorage(this.clock);
  private count = 0;

  constructor(private readonly sagas: readonly DeclaredSaga[]) {}

  /** Creates another process and opens it. */
  async startProcess(options: ClusterProcessOptions = {}): Promise<SimulatedProcess> {
    const process = this.createProcess(options);
    await process.engine.open();
    return process;
  }

  /** Creates another process without opening it. */
  createProcess(options: ClusterProcessOptions = {}): SimulatedProcess {
    this.count++;
    const storage: SagaStorage = this.memory;
    return new SimulatedProcess({
      sagas: this.sagas,
      storage,
      ...options,
      clock: this.clock,
      number: this.count,
    });
  }

  /** Starts a saga in a process and advances the time until it ends or is stuck. */
  async run(process: SimulatedProcess, context: unknown = {}, options?: StartOptions): Promise<SagaOutcome> {
    return this.resolve(process.start(context, options).then((started) => process.outcome(started)));
  }

  /** Makes time pass for all processes. */
  advance(byMs: number): Promise<void> {
    return this.clock.advance(byMs);
  }

  /**
   * Advances the time until the promise settles, and resolves with its result.
   *
   * @throws Error if it does not settle within `limitMs` milliseconds of the fake clock, by default an hour.
   */
  resolve<Result>(promise: Promise<Result>, limitMs?: number): Promise<Result> {
    return advanceUntil(this.clock, promise, limitMs);
  }

  /** The stored saga. */
  async load(sagaId: string): Promise<LoadedSaga> {
    const loaded = await this.memory.load(sagaId);
    if (loaded === undefined) throw new Error(`no saga ${sagaId} is stored`);
    return loaded;
  }

  /** The journal of a saga in words: see `describeEntry`. */
  async journalOf(sagaId: string): Promise<readonly string[]> {
    return (await this.load(sagaId)).entries.map(describeEntry);
  }
}
