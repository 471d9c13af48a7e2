import { InMemorySagaStorage, SagaEngine } from '@nest-saga/core';
import { SampleContext, sampleRegistry } from './sample-saga.js';
import { systemClock, systemIds } from './system-ports.js';

/** Sagas that are under way at once. */
const concurrency = 1_000;

/**
 * How many three-step sagas a second one process runs in memory, at 10,000, 100,000 and 1,000,000 sagas run, with
 * finished ones dropped. What could mislead: there is no I/O at all, so this is the cost of the engine itself.
 *
 * Run it with `npm run bench:memory`.
 */
const storage = new InMemorySagaStorage(systemClock, { keepFinished: false });
const engine = new SagaEngine({ storage, registry: sampleRegistry(), clock: systemClock, ids: systemIds });
await engine.open();
console.log(`in memory, three steps, ${concurrency} at once, node ${process.version}`);
let total = 0;
for (const upTo of [10_000, 100_000, 300_000]) {
  const count = upTo - total;
  const startedAt = performance.now();
  await runSagas(count);
  const seconds = (performance.now() - startedAt) / 1_000;
  total = upTo;
  const heapMb = Math.round(process.memoryUsage().heapUsed / 1_048_576);
  console.log(
    `${upTo} run: ${Math.round(count / seconds)} sagas/s, heap ${heapMb} MB, rss ${Math.round(process.memoryUsage().rss / 1_048_576)} MB`,
  );
}
await engine.close();

async function runSagas(count: number): Promise<void> {
  let left = count;
  const runOneByOne = async (): Promise<void> => {
    while (left-- > 0) {
      const { end } = await engine.starter.start(new SampleContext());
      const ended = await end;
      if (ended?.kind !== 'ended' || ended.state.status !== 'completed')
        throw new Error('a saga did not complete');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, runOneByOne));
}
