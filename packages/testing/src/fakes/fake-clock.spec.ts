import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('moves the wall clock and the monotonic time together', async () => {
    const clock = new FakeClock(new Date('2026-03-01T00:00:00Z'));
    await clock.advance(1_500);
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T00:00:01.500Z');
    expect(clock.monotonicNow()).toBe(1_500);
  });

  it('jumps the wall clock without firing a timer', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.startTimer(10, () => fired.push('timer'));
    clock.jumpWallClock(3_600_000);
    await clock.advance(9);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['timer']);
  });

  it('fires timers in the order in which they come due, each at its own moment', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const tell = (name: string) => () => fired.push(`${name} at ${clock.monotonicNow()}`);
    clock.startTimer(30, tell('late'));
    clock.startTimer(10, tell('early'));
    clock.startTimer(10, tell('early too'));
    await clock.advance(100);
    expect(fired).toEqual(['early at 10', 'early too at 10', 'late at 30']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fires no timer before everything has settled that needs no time, as the test defines it', async () => {
    const course: string[] = [];
    const clock = new FakeClock(undefined, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      course.push('settled');
    });
    clock.startTimer(10, () => course.push('timer'));
    await clock.advance(20);
    expect(course).toEqual(['settled', 'timer', 'settled', 'settled']);
  });

  it('lets promises settle between timers, so that a chain of waits passes in one advance', async () => {
    const clock = new FakeClock();
    const sleep = (delayMs: number) => new Promise<void>((resolve) => clock.startTimer(delayMs, resolve));
    const moments: number[] = [];
    const chain = async (): Promise<void> => {
      for (const delayMs of [5, 10, 20]) {
        await sleep(delayMs);
        moments.push(clock.monotonicNow());
      }
    };
    void chain();
    await clock.advance(35);
    expect(moments).toEqual([5, 15, 35]);
  });

  it('never fires a cancelled timer', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const cancel = clock.startTimer(10, () => fired.push('timer'));
    expect(clock.pendingTimers).toBe(1);
    cancel();
    cancel();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(20);
    expect(fired).toEqual([]);
  });

  it('fires what came due during a stall late, at the next advance', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    clock.startTimer(10, () => fired.push(clock.monotonicNow()));
    clock.stall(1_000);
    expect(fired).toEqual([]);
    await clock.advance(0);
    expect(fired).toEqual([1_000]);
  });
});
