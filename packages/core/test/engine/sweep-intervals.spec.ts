import type { SagaStorage } from '@nest-saga/core';
import { InterceptedStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

const intervalMs = 5_000;
const almostOne = 1 - Number.EPSILON;

/** Records when each sweep begins. */
class WatchedStorage extends InterceptedStorage {
  readonly sweptAt: number[] = [];

  constructor(
    inner: SagaStorage,
    private readonly now: () => number,
  ) {
    super(inner);
  }

  get pauses(): readonly number[] {
    return this.sweptAt.slice(1).map((at, index) => at - (this.sweptAt[index] ?? 0));
  }

  protected around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    if (method === 'releaseExpired') this.sweptAt.push(this.now());
    return call();
  }
}

describe('the time between two sweeps of a process', () => {
  /** The pauses between the sweeps of processes, each of which draws the given numbers, one for each pause. */
  async function pausesOf(...draws: readonly (readonly number[])[]): Promise<readonly (readonly number[])[]> {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('charge')])]);
    const watched: WatchedStorage[] = [];
    for (const drawn of draws) {
      const storage = new WatchedStorage(cluster.memory, () => cluster.clock.monotonicNow());
      const process = cluster.createProcess({ storage, recovery: { intervalMs } });
      const left = [...drawn];
      process.ids.random = () => left.shift() ?? 0;
      await process.engine.open();
      watched.push(storage);
    }
    await cluster.advance(10 * intervalMs);
    return watched.map(({ pauses }, index) => pauses.slice(0, draws[index]?.length));
  }

  it('varies by a fifth around the interval that was set', async () => {
    const [pauses] = await pausesOf([0, 0.25, 0.5, 0.75, almostOne]);
    expect(pauses?.map(Math.round)).toEqual([4_000, 4_500, 5_000, 5_500, 6_000]);
  });

  it('differs for each pause and in each process, so that they do not sweep in step', async () => {
    const [first, second] = await pausesOf([0.1, 0.9, 0.1, 0.9], [0.8, 0.3, 0.6, 0.2]);
    expect(first?.map(Math.round)).toEqual([4_200, 5_800, 4_200, 5_800]);
    expect(second?.map(Math.round)).toEqual([5_600, 4_600, 5_200, 4_400]);
  });
});
