import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KeptTimers } from '../../test/kept-timers.js';
import { ProcessKeeper } from './process-keeper.js';

describe('ProcessKeeper', () => {
  let timers: KeptTimers;

  beforeEach(() => {
    timers = new KeptTimers();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('keeps the process alive while there is a reason, and no longer', () => {
    const keeper = new ProcessKeeper();
    const before = timers.size;
    const [first, second] = [keeper.hold(), keeper.hold()];
    expect(timers.size).toBe(before + 1);
    first();
    first();
    expect(timers.size).toBe(before + 1);
    second();
    expect(timers.size).toBe(before);
    keeper.hold()();
    expect(timers.size).toBe(before);
  });

  it('keeps it as long as some work takes, even if the work fails', async () => {
    const keeper = new ProcessKeeper();
    const before = timers.size;
    let finish = (result: string): void => void result;
    const done = keeper.during(() => new Promise<string>((resolve) => (finish = resolve)));
    expect(timers.size).toBe(before + 1);
    finish('done');
    await expect(done).resolves.toBe('done');
    const failed = keeper.during(() => Promise.reject(new Error('refused')));
    await expect(failed).rejects.toThrow('refused');
    expect(timers.size).toBe(before);
  });
});
