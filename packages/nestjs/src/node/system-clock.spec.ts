import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from './system-clock.js';

describe('SystemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('calls back once after the delay', () => {
    const callback = jest.fn();
    new SystemClock().startTimer(100, callback);
    jest.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1_000);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('adds what Node cuts off: the fraction of a delay, and the millisecond that has begun already', () => {
    const callback = jest.fn();
    new SystemClock().startTimer(99.2, callback);
    jest.advanceTimersByTime(100);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('takes the longest delay that Node can wait', () => {
    const callback = jest.fn();
    new SystemClock().startTimer(2_147_483_647, callback);
    jest.advanceTimersByTime(2_147_483_646);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('does not call back a cancelled timer, and may be cancelled twice', () => {
    const callback = jest.fn();
    const cancel = new SystemClock().startTimer(100, callback);
    cancel();
    cancel();
    jest.advanceTimersByTime(1_000);
    expect(callback).not.toHaveBeenCalled();
  });

  it('moves its monotonic time on, whatever the wall clock does', () => {
    const clock = new SystemClock();
    const before = clock.monotonicNow();
    jest.advanceTimersByTime(50);
    jest.setSystemTime(0);
    expect(clock.now()).toBe(0);
    expect(clock.monotonicNow()).toBeGreaterThanOrEqual(before);
  });

  it('keeps no process alive', () => {
    jest.useRealTimers();
    const before = process.getActiveResourcesInfo().length;
    const cancel = new SystemClock().startTimer(10_000, () => undefined);
    expect(process.getActiveResourcesInfo()).toHaveLength(before);
    cancel();
  });
});
