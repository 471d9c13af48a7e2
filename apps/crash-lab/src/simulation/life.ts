import type { Clock } from '@nest-saga/core';
import type { CancelTimer, IdGenerator, SagaEngine } from '@nest-saga/core/engine';
import type { SeededRandom } from './seeded-random.js';
import type { EventOwner, VirtualTime } from './virtual-time.js';

/** What a race with a process's death gives when death wins. */
export const dead = Symbol('dead');

/** One life of one simulated process: its clock, its ids, and whether it is alive. A restart is another life. */
export class Life implements EventOwner, Clock, IdGenerator {
  isDead = false;
  /** It shuts down: nobody asks it for anything new. */
  isLeaving = false;
  pausedUntil = 0;
  /** Calls of the storage that it waits for. */
  unanswered = 0;
  engine: SagaEngine | undefined;
  /** Resolves when it dies. */
  readonly death: Promise<typeof dead>;
  private declareDead: () => void = () => undefined;
  private idCount = 0;

  /**
   * @param number Of all lives of a run, from 0.
   * @param clockSkewMs By how much its wall clock is wrong.
   */
  constructor(
    private readonly time: VirtualTime,
    private readonly randomNumbers: SeededRandom,
    readonly number: number,
    private readonly clockSkewMs: number,
  ) {
    this.death = new Promise((resolve) => {
      this.declareDead = () => resolve(dead);
    });
  }

  get name(): string {
    return `process ${this.number}`;
  }

  /** Ends it: from here on nothing that is its own happens, and it asks nobody for anything. */
  die(): void {
    this.isDead = true;
    this.declareDead();
  }

  /** Holds everything that is its own back, as SIGSTOP does. What it has sent goes on. */
  pause(durationMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.time.elapsedMs + durationMs);
  }

  now(): number {
    return this.time.now() + this.clockSkewMs;
  }

  monotonicNow(): number {
    return this.time.monotonicNow();
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    return this.time.schedule(delayMs, this, callback);
  }

  /** Resolves later, if it lives to see it. */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.startTimer(durationMs, resolve);
    });
  }

  nextId(): string {
    const count = (++this.idCount).toString(16).padStart(12, '0');
    return `00000000-${this.number.toString(16).padStart(4, '0')}-7000-8000-${count}`;
  }

  random(): number {
    return this.randomNumbers.next();
  }
}
