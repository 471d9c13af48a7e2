import type {
  OutboxAct,
  OutboxListQuery,
  OutboxPage,
  OutboxPosition,
  PostponeRequest,
  SagaOutbox,
  SagaSubscriber,
  SinkSummary,
  StoredSubscriber,
  TakeRequest,
  TakenMessage,
} from '@nest-saga/core/storage-kit';

/** A method of an outbox, as a method of its storage. */
export type OutboxMethod = `outbox.${keyof SagaOutbox}`;

type Around = <Answer>(method: OutboxMethod, call: () => Promise<Answer>) => Promise<Answer>;

/** An outbox that passes all calls on to another one, through the interception of its storage. */
export class InterceptedOutbox implements SagaOutbox {
  constructor(
    private readonly inner: SagaOutbox,
    private readonly around: Around,
  ) {}

  take(request: TakeRequest): Promise<readonly TakenMessage[]> {
    return this.around('outbox.take', () => this.inner.take(request));
  }

  remove(positions: readonly OutboxPosition[]): Promise<void> {
    return this.around('outbox.remove', () => this.inner.remove(positions));
  }

  postpone(requests: readonly PostponeRequest[]): Promise<void> {
    return this.around('outbox.postpone', () => this.inner.postpone(requests));
  }

  list(query: OutboxListQuery): Promise<OutboxPage> {
    return this.around('outbox.list', () => this.inner.list(query));
  }

  summarize(): Promise<readonly SinkSummary[]> {
    return this.around('outbox.summarize', () => this.inner.summarize());
  }

  redeliver(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    return this.around('outbox.redeliver', () => this.inner.redeliver(position, act));
  }

  discard(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    return this.around('outbox.discard', () => this.inner.discard(position, act));
  }

  subscribe(subscribers: readonly SagaSubscriber[]): Promise<void> {
    return this.around('outbox.subscribe', () => this.inner.subscribe(subscribers));
  }

  listSubscribers(): Promise<readonly StoredSubscriber[]> {
    return this.around('outbox.listSubscribers', () => this.inner.listSubscribers());
  }

  forgetSubscriber(name: string): Promise<boolean> {
    return this.around('outbox.forgetSubscriber', () => this.inner.forgetSubscriber(name));
  }
}
