import type { Clock } from '../ports/clock.js';
import type { JournalCursor, SagaStorage } from '../ports/saga-storage.js';
import { JournalFollower } from './journal-follower.js';

test('one saga may have more followers than a call has arguments: it is read from where the last one stands', async () => {
  const clock: Clock = { now: () => 0, monotonicNow: () => 0, startTimer: () => () => undefined };
  const read: JournalCursor[] = [];
  const storage = {
    readNews: (cursors: readonly JournalCursor[]) => {
      read.push(...cursors);
      return Promise.resolve([]);
    },
  } as Partial<SagaStorage> as SagaStorage;
  const errors: unknown[] = [];
  const followers = new JournalFollower(storage, clock, 1_000, (error) => errors.push(error));
  const observer = { onEntry: () => undefined, onMissing: () => undefined, onEnd: () => undefined };
  for (let index = 0; index < 200_000; index++) followers.follow('s1', 3 + (index % 7), observer);
  // The read begins in the next turn.
  await Promise.resolve();
  await Promise.resolve();
  followers.close();
  expect(errors).toEqual([]);
  expect(read).toEqual([{ sagaId: 's1', afterSeq: 3 }]);
});
