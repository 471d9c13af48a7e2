import { describe, expect, it, jest } from '@jest/globals';
import { ProcessKeeper } from '../node/process-keeper.js';
import { LiveWatches } from './live-watches.js';

describe('LiveWatches', () => {
  it('keeps the process alive while a caller waits, and no longer', () => {
    const live = new LiveWatches(new ProcessKeeper());
    const before = timers();
    const removes = [live.add(jest.fn()), live.add(jest.fn())];
    expect(timers()).toBe(before + 1);
    for (const remove of removes) remove();
    expect(timers()).toBe(before);
    live.add(jest.fn())();
    expect(timers()).toBe(before);
  });

  it('ends every watch once, and forgets those that ended before', () => {
    const live = new LiveWatches(new ProcessKeeper());
    const [gone, stays] = [jest.fn(), jest.fn()];
    live.add(gone)();
    live.add(stays);
    live.endAll();
    live.endAll();
    expect(gone).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledTimes(1);
    expect(live.isEnded).toBe(true);
    expect(live.size).toBe(0);
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
