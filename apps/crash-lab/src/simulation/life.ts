import type { Clock } from '@nest-saga/core';
import type { CancelTimer, IdGenerator, SagaEngine } from '@nest-saga/core/engine';
import type { SeededRandom } from './seeded-random.js';
import type { EventOwner, VirtualTime } from './virtual-time.js';

/** The result of a race with a process's death, if the process dies first. */
export const dead = Symbol('dead');

/** One life of one simulated process: its clock, its ids, and whether it is alive. A restart is another life. */
export class Life implements EventOwner, Clock, IdGenerator {
  isDead = false;
  /** It shuts down: it gets no new requests. */
  isLeaving = false;
  pausedUntil = 0;
  /** The number of storage calls for which it waits. */
  unanswered = 0;
  engine: SagaEngine | undefined;
  /** Resolves when it dies. */
  readonly death: Promise<typeof dead>;
  private declareDead: () => void = () => undefined;
  private idCount = 0;

  /**
   * @param number The number among all lives of a run, from 0.
   * @param clockSkewMs The error of its wall clock, in milliseconds.
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

  /** Ends it: from here on nothing of it happens, and it sends no requests. */
  die(): void {
    this.isDead = true;
    this.declareDead();
  }

  /** Holds back everything of it, like SIGSTOP. Requests that it has sent continue. */
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

  /** Resolves later, if the process is still alive. */
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
