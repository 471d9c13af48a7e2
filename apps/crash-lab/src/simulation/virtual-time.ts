import type { Clock } from '@nest-saga/core';
import type { CancelTimer } from '@nest-saga/core/engine';

/** The process of an event: a dead process gets no events, and a paused one gets them later. */
export interface EventOwner {
  readonly isDead: boolean;
  /** By virtual time. */
  readonly pausedUntil: number;
}

interface ScheduledEvent {
  at: number;
  /** The original time: events that a pause held back come in this order. */
  readonly dueAt: number;
  readonly order: number;
  readonly owner: EventOwner | undefined;
  readonly run: () => void;
  isCancelled: boolean;
}

const epoch = Date.UTC(2026, 0, 1);

/**
 * Time that jumps from event to event. Every event has its own millisecond, so that the records show the order, and all
 * promises settle between two events.
 */
export class VirtualTime implements Clock {
  private readonly queue: ScheduledEvent[] = [];
  private elapsed = 0;
  private count = 0;

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.elapsed;
  }

  /** The number of events so far. */
  ran = 0;

  now(): number {
    return epoch + this.elapsed;
  }

  monotonicNow(): number {
    return this.elapsed;
  }

  startTimer(delayMs: number, callback: () => void): CancelTimer {
    return this.schedule(delayMs, undefined, callback);
  }

  schedule(delayMs: number, owner: EventOwner | undefined, run: () => void): CancelTimer {
    const at = this.elapsed + Math.max(1, Math.ceil(delayMs));
    const event: ScheduledEvent = { at, dueAt: at, order: this.count++, owner, run, isCancelled: false };
    this.insert(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /**
   * Runs one event after another until there is none, and lets all promises settle after each.
   *
   * @param isOver Called after each event.
   */
  run(isOver: () => boolean | Promise<boolean>): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = (isDone: boolean): void => {
        if (isDone || !this.fireNext()) return resolve();
        // A macrotask runs only when all promises have settled that can settle by themselves.
        setImmediate(look);
      };
      const look = (): void => {
        try {
          const answer = isOver();
          if (typeof answer === 'boolean') goOn(answer);
          else answer.then(goOn).catch(reject);
        } catch (error) {
          reject(new Error('an event failed', { cause: error }));
        }
      };
      goOn(false);
    });
  }

  private fireNext(): boolean {
    for (;;) {
      const event = this.queue.pop();
      if (event === undefined) return false;
      const { owner } = event;
      if (event.isCancelled || owner?.isDead === true) continue;
      if (owner !== undefined && owner.pausedUntil > event.at) {
        event.at = owner.pausedUntil;
        this.insert(event);
        continue;
      }
      this.elapsed = Math.max(this.elapsed + 1, event.at);
      this.ran++;
      event.run();
      return true;
    }
  }

  // Kept with the next event last: most new events are near in time, and so near that end.
  private insert(event: ScheduledEvent): void {
    let index = this.queue.length;
    while (index > 0 && isAfter(event, this.queue[index - 1])) index--;
    this.queue.splice(index, 0, event);
  }
}

function isAfter(event: ScheduledEvent, other: ScheduledEvent | undefined): boolean {
  if (other === undefined) return false;
  if (event.at !== other.at) return event.at > other.at;
  return event.dueAt === other.dueAt ? event.order > other.order : event.dueAt > other.dueAt;
}
