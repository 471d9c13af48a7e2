import { retryDelay } from '../execution/retry-delay.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { OutboxPosition, PostponeRequest } from '../ports/saga-outbox.js';
import type { OutboxItem } from './outbox-item.js';
import { lineOf } from './outbox-item.js';
import type { OutboxSink } from './outbox-sink.js';

/** The most messages that wait in this process for one sink. */
export const maximumQueued = 1_000;

/** The failed attempts after which a message waits for a person. */
export const maximumAttempts = 20;

const retry = { initialIntervalMs: 1_000, backoffCoefficient: 2, maximumIntervalMs: 60_000, jitter: 0.2 };
const pause = { initialIntervalMs: 500, backoffCoefficient: 2, maximumIntervalMs: 15_000, jitter: 0.2 };

/** A message that was not delivered. */
export interface FailedMessage extends OutboxPosition {
  /** This one included. */
  readonly attempts: number;
  readonly parked: boolean;
  readonly error: unknown;
}

/** What a channel needs from its relay. */
export interface ChannelTarget {
  acknowledged(positions: readonly OutboxPosition[]): void;
  postpone(requests: readonly Omit<PostponeRequest, 'relay'>[]): void;
  /** The messages of this saga for this sink are not published at once any more: others may be before them. */
  fellBack(item: OutboxItem): void;
  onFailed(failed: FailedMessage): void;
  onUnavailable(error: unknown): void;
  /** A call has ended, so there is room for further messages. */
  onRoom(): void;
}

/**
 * The messages that this process has leased for one sink. They are given to the sink in their order; no two of one saga are
 * in delivery at once, and after a failure the later ones of that saga are returned, so none of them overtakes it.
 */
export class SinkChannel {
  private queue: OutboxItem[] = [];
  /** The lines with a message in delivery. */
  private readonly busy = new Set<string>();
  private calls = 0;
  /** The calls in a row in which the sink could not be reached. */
  private unreached = 0;
  private availableAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly sink: OutboxSink,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly target: ChannelTarget,
  ) {}

  /** How many messages more can wait here; while the sink cannot be reached, none. */
  get room(): number {
    if (this.clock.monotonicNow() < this.availableAt) return 0;
    const maximum = this.unreached > 0 ? this.sink.batchSize : maximumQueued;
    return Math.max(0, maximum - this.queue.length);
  }

  /** Whether nothing waits and nothing is in delivery. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.calls === 0;
  }

  add(items: readonly OutboxItem[]): void {
    this.queue.push(...items);
    this.pump();
  }

  /** Returns the messages that wait. */
  release(): void {
    const items = this.queue.splice(0);
    this.giveBack(items, 0);
  }

  private pump(): void {
    while (this.calls < this.sink.concurrency) {
      const batch = this.nextBatch();
      if (batch.length === 0) return;
      void this.deliver(batch);
    }
  }

  private nextBatch(): readonly OutboxItem[] {
    const now = this.clock.monotonicNow();
    const batch: OutboxItem[] = [];
    const rest: OutboxItem[] = [];
    const passed = new Set<string>();
    const expired = new Set<string>();
    for (const item of this.queue) {
      const line = lineOf(item);
      if (item.leasedUntil <= now) expired.add(line);
      // Another relay may deliver it now, so the later ones of its line are not this process's turn.
      if (expired.has(line)) this.target.fellBack(item);
      else if (batch.length >= this.sink.batchSize || this.busy.has(line) || passed.has(line))
        rest.push(item);
      else batch.push(item);
      passed.add(line);
    }
    this.queue = rest;
    return batch;
  }

  private async deliver(batch: readonly OutboxItem[]): Promise<void> {
    this.calls += 1;
    for (const item of batch) this.busy.add(lineOf(item));
    try {
      const answers = await this.sink.deliver(batch);
      this.unreached = 0;
      this.answered(batch, answers);
    } catch (error) {
      this.unavailable(batch, error);
    }
    for (const item of batch) this.busy.delete(lineOf(item));
    this.calls -= 1;
    this.pump();
    this.target.onRoom();
  }

  private answered(batch: readonly OutboxItem[], answers: readonly unknown[]): void {
    const failed = batch.flatMap((item, index) => {
      const error = answers[index];
      return error === undefined ? [] : [{ item, error }];
    });
    const failedItems = new Set(failed.map(({ item }) => item));
    const delivered = batch.filter((item) => !failedItems.has(item));
    if (delivered.length > 0) this.target.acknowledged(delivered.map(positionOf));
    for (const { item, error } of failed) this.failed(item, error);
  }

  private failed(item: OutboxItem, error: unknown): void {
    const attempts = item.attempts + 1;
    const parked = attempts >= maximumAttempts;
    const delayMs = retryDelay(retry, attempts, this.ids.random());
    this.target.postpone([{ ...positionOf(item), isFailure: true, delayMs, parked }]);
    this.target.fellBack(item);
    const line = lineOf(item);
    const later = this.queue.filter((one) => lineOf(one) === line);
    this.queue = this.queue.filter((one) => lineOf(one) !== line);
    this.giveBack(later, 0);
    this.target.onFailed({ ...positionOf(item), attempts, parked, error });
  }

  /** Nothing can be delivered: all messages are returned, and other relays may have more luck. */
  private unavailable(batch: readonly OutboxItem[], error: unknown): void {
    this.unreached += 1;
    const delayMs = retryDelay(pause, this.unreached, this.ids.random());
    this.availableAt = this.clock.monotonicNow() + delayMs;
    this.giveBack([...batch, ...this.queue.splice(0)], delayMs);
    this.target.onUnavailable(error);
  }

  private giveBack(items: readonly OutboxItem[], delayMs: number): void {
    if (items.length === 0) return;
    for (const item of items) this.target.fellBack(item);
    this.target.postpone(
      items.map((item) => ({ ...positionOf(item), isFailure: false, delayMs, parked: false })),
    );
  }
}

function positionOf({ sagaId, seq, sink }: OutboxItem): OutboxPosition {
  return { sagaId, seq, sink };
}
