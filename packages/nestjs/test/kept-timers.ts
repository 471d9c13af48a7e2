import { jest } from '@jest/globals';

type Callback = (...given: unknown[]) => void;

/**
 * Counts the timers that code in this test sets from now on and that keep the process alive. The timers of Jest come and
 * go at any time, and are not among them: Jest sets them outside of the realm of the test. `jest.restoreAllMocks()`
 * ends it.
 */
export class KeptTimers {
  private readonly kept = new Set<NodeJS.Timeout>();

  constructor() {
    const { setTimeout: later, setInterval: often, clearTimeout: clear } = globalThis;
    const keep = (timer: NodeJS.Timeout): NodeJS.Timeout => {
      this.kept.add(timer);
      return timer;
    };
    const drop = (timer: NodeJS.Timeout): void => {
      this.kept.delete(timer);
      clear(timer);
    };
    this.replace('setTimeout', (callback: Callback, ms?: number, ...given: unknown[]) => {
      const timer = keep(
        later(() => {
          this.kept.delete(timer);
          callback(...given);
        }, ms),
      );
      return timer;
    });
    this.replace('setInterval', (callback: Callback, ms?: number, ...given: unknown[]) =>
      keep(often(callback, ms, ...given)),
    );
    this.replace('clearTimeout', drop);
    this.replace('clearInterval', drop);
  }

  get size(): number {
    return [...this.kept].filter((timer) => timer.hasRef()).length;
  }

  private replace(name: 'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval', by: unknown): void {
    jest.spyOn(globalThis, name).mockImplementation(by as never);
  }
}
