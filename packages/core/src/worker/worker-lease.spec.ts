import type { Clock } from '../ports/clock.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import { WorkerLease } from './worker-lease.js';

/** A clock that the test advances; its timers fire when the test fires them, even early. */
class HandClock implements Clock {
  time = 0;
  private readonly timers = new Set<() => void>();

  now(): number {
    return this.time;
  }

  monotonicNow(): number {
    return this.time;
  }

  startTimer(_delayMs: number, onTime: () => void): () => void {
    this.timers.add(onTime);
    return () => this.timers.delete(onTime);
  }

  fireAll(): void {
    for (const onTime of [...this.timers]) {
      this.timers.delete(onTime);
      onTime();
    }
  }
}

test('a lease ends even if the timer of its end fires early', async () => {
  const clock = new HandClock();
  const neverAnswered = new Promise<never>(() => undefined);
  const storage = {
    registerWorker: () => Promise.resolve(),
    renewWorker: () => neverAnswered,
  } as Partial<SagaStorage> as SagaStorage;
  const lost: string[] = [];
  const ids = { nextId: () => 'w1', random: () => 0 };
  const options = { leaseDurationMs: 30_000, renewalIntervalMs: 10_000, safetyMarginMs: 5_000 };
  const lease = new WorkerLease(storage, clock, ids, options, undefined, (worker) => lost.push(worker));
  await lease.start();

  clock.time = 24_999;
  clock.fireAll();
  expect(lost).toEqual([]);
  clock.time = 25_000;
  clock.fireAll();
  expect(lost).toEqual(['w1']);
});
