import type { Clock } from '../ports/clock.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { JournalCursor, SagaStorage } from '../ports/saga-storage.js';
import { JournalWatch } from './journal-watch.js';

test('one saga may have more watchers than a call has arguments: it is read from the lowest position of them', async () => {
  const clock: Clock = { now: () => 0, monotonicNow: () => 0, startTimer: () => () => undefined };
  const read: JournalCursor[] = [];
  const storage = {
    readNews: (cursors: readonly JournalCursor[]) => {
      read.push(...cursors);
      return Promise.resolve([]);
    },
  } as Partial<SagaStorage> as SagaStorage;
  const errors: unknown[] = [];
  const watch = new JournalWatch(storage, clock, 1_000, (error) => errors.push(error));
  const observer = { onEntry: () => undefined, onMissing: () => undefined, onEnd: () => undefined };
  for (let index = 0; index < 200_000; index++) watch.watch('s1', 3 + (index % 7), observer);
  // The read begins in the next turn.
  await Promise.resolve();
  await Promise.resolve();
  watch.close();
  expect(errors).toEqual([]);
  expect(read).toEqual([{ sagaId: 's1', afterSeq: 3 }]);
});

test('entries that one read does not return are read at once, and the end comes after all of them', async () => {
  const clock: Clock = { now: () => 0, monotonicNow: () => 0, startTimer: () => () => undefined };
  const read: (readonly JournalCursor[])[] = [];
  const header = { sagaId: 's1', status: 'completed' } as SagaHeading;
  const storage = {
    readNews: (cursors: readonly JournalCursor[]) => {
      read.push(cursors);
      const entries = cursors.map(({ afterSeq }) => ({ kind: 'settled', seq: afterSeq + 1 }) as JournalEntry);
      return Promise.resolve([{ sagaId: 's1', header, entries, isCut: read.length < 3 }]);
    },
  } as Partial<SagaStorage> as SagaStorage;
  const told: string[] = [];
  const watch = new JournalWatch(storage, clock, 1_000, () => undefined);
  const ended = new Promise<void>((resolve) => {
    watch.watch('s1', 0, {
      onEntry: ({ seq }) => told.push(`${seq}`),
      onMissing: () => undefined,
      onEnd: () => {
        told.push('end');
        resolve();
      },
    });
  });
  await ended;
  expect(told).toEqual(['1', '2', '3', 'end']);
  expect(read.flat().map(({ afterSeq }) => afterSeq)).toEqual([0, 1, 2]);
});
