import { createHook } from 'node:async_hooks';

/** Counts the timers of this process that are set, those included that do not keep it alive. */
export class TimerCount {
  private readonly set = new Set<number>();
  private readonly hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout' || type === 'Immediate') this.set.add(id);
    },
    destroy: (id) => {
      this.set.delete(id);
    },
  });

  /** Only what is set from now on is counted. */
  start(): void {
    this.hook.enable();
  }

  get size(): number {
    return this.set.size;
  }

  stop(): void {
    this.hook.disable();
  }
}
