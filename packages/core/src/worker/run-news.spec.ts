import type { SagaExecutor } from '../execution/saga-executor.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { Clock } from '../ports/clock.js';
import type { JournalCursor, JournalNews, SagaStorage } from '../ports/saga-storage.js';
import { JournalWatch } from './journal-watch.js';
import { RunNews } from './run-news.js';
import { RunningSagas } from './running-sagas.js';

const clock: Clock = { now: () => 0, monotonicNow: () => 0, startTimer: () => () => undefined };

test('what one read does not give of many sagas is read at once', async () => {
  const read: (readonly JournalCursor[])[] = [];
  const storage = {
    readNews: (cursors: readonly JournalCursor[]) => {
      read.push(cursors);
      // There is no such saga (any more). The last call.
      return Promise.resolve(
        cursors.map(({ sagaId, afterSeq }, index): JournalNews => {
          const cancel = { kind: 'cancel-requested', reason: 'r', worker: undefined, seq: afterSeq + 1 };
          const entries = index === 0 ? [cancel as unknown as JournalEntry] : [];
          return { sagaId, header: undefined, entries, isCut: index > 0 };
        }),
      );
    },
  } as Partial<SagaStorage> as SagaStorage;
  const running = new RunningSagas(10, clock);
  const noticed: string[] = [];
  const sagaIds = ['s1', 's2', 's3'];
  for (const sagaId of sagaIds) {
    const executor = { seq: 5, notice: () => noticed.push(sagaId) } as Partial<SagaExecutor> as SagaExecutor;
    running.add(sagaId, { executor, worker: 'w1' } as Parameters<RunningSagas['add']>[1]);
  }
  const watch = new JournalWatch(storage, clock, 1_000, () => undefined);
  watch.watchRuns(new RunNews(running));
  for (const sagaId of sagaIds) watch.hint(sagaId);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(noticed).toEqual(sagaIds);
  expect(read.at(-1)).toEqual([{ sagaId: 's3', afterSeq: 5 }]);
});
