import { jest } from '@jest/globals';
import type { HintMessage } from './hint-message.js';
import { HintOutbox } from './hint-outbox.js';

describe('HintOutbox', () => {
  let sent: HintMessage[];
  let outbox: HintOutbox;

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    outbox = new HintOutbox((message) => sent.push(message));
  });
  afterEach(() => {
    outbox.close();
    jest.useRealTimers();
  });

  const id = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

  it('sends work and requests at once, together', () => {
    outbox.work();
    outbox.work();
    outbox.requested(id(1));
    jest.advanceTimersByTime(0);
    expect(sent).toEqual([{ presence: undefined, isWork: true, sagaIds: [id(1)] }]);
  });

  it('gathers the progress of running sagas for a moment', () => {
    outbox.progressed(id(1));
    jest.advanceTimersByTime(20);
    outbox.progressed(id(2));
    outbox.progressed(id(1));
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(50);
    expect(sent).toEqual([{ presence: undefined, isWork: false, sagaIds: [id(1), id(2)] }]);
    jest.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(1);
  });

  it('says nothing of progress where there is too much of it, but all of what was asked for', () => {
    for (let index = 0; index < 1_000; index++) outbox.progressed(id(index));
    for (let index = 1_000; index < 1_300; index++) outbox.requested(id(index));
    jest.advanceTimersByTime(50);
    expect(sent.map(({ sagaIds }) => sagaIds.length)).toEqual([200, 100]);
    expect(sent.flatMap(({ sagaIds }) => sagaIds)).toEqual(
      Array.from({ length: 300 }, (_, index) => id(index + 1_000)),
    );
  });

  it('sends nothing any more once it is closed', () => {
    outbox.work();
    outbox.progressed(id(1));
    outbox.close();
    jest.advanceTimersByTime(1_000);
    expect(sent).toEqual([]);
  });
});
