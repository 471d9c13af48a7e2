import { describe, expect, it } from '@jest/globals';
import { ProcessKeeper } from './process-keeper.js';

describe('ProcessKeeper', () => {
  it('keeps the process alive while there is a reason, and no longer', () => {
    const keeper = new ProcessKeeper();
    const before = timers();
    const [first, second] = [keeper.hold(), keeper.hold()];
    expect(timers()).toBe(before + 1);
    first();
    first();
    expect(timers()).toBe(before + 1);
    second();
    expect(timers()).toBe(before);
    keeper.hold()();
    expect(timers()).toBe(before);
  });

  it('keeps it for as long as some work takes, also where that fails', async () => {
    const keeper = new ProcessKeeper();
    const before = timers();
    let finish = (result: string): void => void result;
    const done = keeper.during(() => new Promise<string>((resolve) => (finish = resolve)));
    expect(timers()).toBe(before + 1);
    finish('done');
    await expect(done).resolves.toBe('done');
    const failed = keeper.during(() => Promise.reject(new Error('refused')));
    await expect(failed).rejects.toThrow('refused');
    expect(timers()).toBe(before);
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
