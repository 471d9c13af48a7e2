import type { MessageEvent } from '@nestjs/common';
import type { Subscriber } from 'rxjs';
import type { ClientResponse } from './client-response.js';
import { breakOffLater } from './client-response.js';

/** The limits for the events that wait for a client: how many, and how long. */
export interface EventWriterLimits {
  readonly maximumWaitingEvents: number;
  readonly closeGraceMs: number;
}

/** After this number of events the response gets a turn of the event loop, to send them or to say that it is full. */
const eventsInTurn = 16;

/**
 * Passes events on only as fast as the client reads them. Nest accepts any number and keeps them in memory. Here they
 * wait and are counted until the response has room.
 *
 * An event without an id gets the id of the event before it: Nest would number it, and the client would resume from
 * that number.
 */
export class EventWriter {
  private waiting: MessageEvent[] = [];
  private credit = eventsInTurn;
  private turn: NodeJS.Immediate | undefined;
  /** The number of events that already waited when this turn of the event loop began. */
  private overdue = 0;
  private turnOfArrival: NodeJS.Immediate | undefined;
  private isAwaitingDrain = false;
  private isEnding = false;
  private isOver = false;
  private closeTimer: NodeJS.Timeout | undefined;

  /**
   * @param lastId The `seq` of the last event that the client has already.
   * @param onOverdue Called if the client does not take the events before the last one within the grace time.
   */
  constructor(
    private readonly subscriber: Subscriber<MessageEvent>,
    private readonly response: ClientResponse | undefined,
    private readonly limits: EventWriterLimits,
    private lastId: string,
    private readonly onOverdue: () => void,
  ) {}

  /**
   * Whether the client does not read and the maximum number of events waits for it. A replayed journal arrives at once,
   * however fast the client reads, so events of this turn do not count.
   */
  get isFull(): boolean {
    const overdue = this.turnOfArrival === undefined ? this.waiting.length : this.overdue;
    return this.isBackedUp && overdue >= this.limits.maximumWaitingEvents;
  }

  /** Whether no event waits for the client. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && !this.isBackedUp;
  }

  write(event: MessageEvent): void {
    if (this.isEnding) return;
    if (this.turnOfArrival === undefined) this.overdue = this.waiting.length;
    this.waiting.push(event);
    this.handOn();
    if (this.waiting.length > 0) this.turnOfArrival ??= setImmediate(this.onArrivalOver);
  }

  /** Writes the last event. The stream completes when the client has taken the events before it. */
  end(event: MessageEvent): void {
    if (this.isEnding) return;
    this.write(event);
    this.isEnding = true;
    this.completeIfDone();
    if (this.isOver) return;
    this.closeTimer = setTimeout(this.onOverdue, this.limits.closeGraceMs);
    this.closeTimer.unref();
  }

  /** Drops the waiting events, because the client is too slow for them, and writes the last event. */
  drop(event: MessageEvent): void {
    if (this.isOver) return;
    this.isEnding = true;
    this.waiting = [];
    this.emit(event);
    this.completeIfDone();
  }

  /** The client is gone, or has all events. */
  close(): void {
    this.isOver = true;
    this.isEnding = true;
    this.waiting = [];
    clearTimeout(this.closeTimer);
    clearImmediate(this.turn);
    clearImmediate(this.turnOfArrival);
    this.response?.off('drain', this.onDrain);
  }

  private get isBackedUp(): boolean {
    return this.response?.writableNeedDrain ?? false;
  }

  private handOn(): void {
    while (this.credit > 0 && !this.isBackedUp && !this.isOver) {
      const event = this.waiting.shift();
      if (event === undefined) break;
      this.credit -= 1;
      this.emit(event);
    }
    if (this.waiting.length > 0 || this.credit === 0) this.awaitRoom();
    this.completeIfDone();
  }

  private emit(event: MessageEvent): void {
    this.lastId = event.id ?? this.lastId;
    this.subscriber.next({ ...event, id: this.lastId });
  }

  private awaitRoom(): void {
    if (this.isOver) return;
    if (!this.isBackedUp) {
      this.turn ??= setImmediate(this.onTurn);
    } else if (!this.isAwaitingDrain) {
      this.isAwaitingDrain = true;
      this.response?.once('drain', this.onDrain);
    }
  }

  // Nest first writes the data that it still holds: one turn later the response shows whether there is room for more.
  private readonly onDrain = (): void => {
    this.isAwaitingDrain = false;
    this.turn ??= setImmediate(this.onTurn);
  };

  private readonly onTurn = (): void => {
    this.turn = undefined;
    if (this.isBackedUp) return this.awaitRoom();
    this.credit = eventsInTurn;
    this.handOn();
  };

  private readonly onArrivalOver = (): void => {
    this.turnOfArrival = undefined;
  };

  private completeIfDone(): void {
    if (!this.isEnding || this.isOver || this.waiting.length > 0) return;
    this.isOver = true;
    if (this.response !== undefined) breakOffLater(this.response, this.limits.closeGraceMs);
    this.subscriber.complete();
  }
}
