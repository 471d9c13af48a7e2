import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';

/**
 * The clock of one simulated process. It shows the common time of all processes. While the process is paused its timers
 * do not fire, and after it is killed they never do.
 */
export class SimulatedClock implements Clock {
  private state: 'running' | 'paused' | 'killed' = 'running';
  private overdue: (() => void)[] = [];
  private readonly started = new Set<CancelTimer>();

  constructor(private readonly shared: Clock) {}

  now(): number {
    return this.shared.now();
  }

  monotonicNow(): number {
    return this.shared.monotonicNow();
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    if (this.state === 'killed') return () => undefined;
    let isCancelled = false;
    const fire = (): void => {
      if (!isCancelled) callback();
    };
    const cancelShared = this.shared.startTimer(delayMs, () => {
      this.started.delete(cancelShared);
      this.fire(fire);
    });
    this.started.add(cancelShared);
    return () => {
      isCancelled = true;
      this.started.delete(cancelShared);
      cancelShared();
    };
  }

  pause(): void {
    if (this.state === 'running') this.state = 'paused';
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.state = 'running';
    for (const fire of this.overdue.splice(0)) fire();
  }

  kill(): void {
    this.state = 'killed';
    this.overdue = [];
    for (const cancel of this.started) cancel();
    this.started.clear();
  }

  private fire(callback: () => void): void {
    if (this.state === 'running') callback();
    else if (this.state === 'paused') this.overdue.push(callback);
  }
}
