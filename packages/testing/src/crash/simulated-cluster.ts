import { InMemorySagaStorage } from '@nest-saga/core';
import type { DeclaredSaga, LoadedSaga, SagaOutcome, SagaStorage, StartOptions } from '@nest-saga/core';
import { FakeClock } from '../fakes/fake-clock.js';
import { describeEntry } from './describe-entry.js';
import { SimulatedProcess } from './simulated-process.js';
import type { SimulatedProcessOptions } from './simulated-process.js';

/** What can be said about one process of a cluster; by default it runs the cluster's sagas on its storage. */
export type ClusterProcessOptions = Partial<Omit<SimulatedProcessOptions, 'clock' | 'number'>>;

const stepMs = 50;

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

  /** A further process, opened. */
  async startProcess(options: ClusterProcessOptions = {}): Promise<SimulatedProcess> {
    const process = this.createProcess(options);
    await process.engine.open();
    return process;
  }

  /** A further process that is not opened yet. */
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

  /** Starts a saga in a process and moves the time on until it ends or is stuck. */
  async run(process: SimulatedProcess, context: unknown = {}, options?: StartOptions): Promise<SagaOutcome> {
    return this.resolve(process.start(context, options).then((started) => process.outcome(started)));
  }

  /** Lets time pass for all processes. */
  advance(byMs: number): Promise<void> {
    return this.clock.advance(byMs);
  }

  /** Moves the time on until the promise settles, and gives what it gives. Fails where it never does. */
  async resolve<Result>(promise: Promise<Result>, limitMs = 3_600_000): Promise<Result> {
    const progress = { isSettled: false };
    const watched = promise.finally(() => {
      progress.isSettled = true;
    });
    // Handled by whoever awaits the result.
    watched.catch(() => undefined);
    for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += stepMs) {
      await this.clock.advance(0);
      if (progress.isSettled) return watched;
      await this.clock.advance(stepMs);
    }
    throw new Error(`not settled within ${limitMs} ms of the fake clock`);
  }

  /** The saga as it is stored. */
  async load(sagaId: string): Promise<LoadedSaga> {
    const loaded = await this.memory.load(sagaId);
    if (loaded === undefined) throw new Error(`no saga ${sagaId} is stored`);
    return loaded;
  }

  /** What happened to a saga, in words: see `describeEntry`. */
  async journalOf(sagaId: string): Promise<readonly string[]> {
    return (await this.load(sagaId)).entries.map(describeEntry);
  }
}
