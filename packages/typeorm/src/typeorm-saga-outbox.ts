import { checkListLimit, encodeOutboxCursor, sinkOfSubscriber } from '@nest-saga/core/storage-kit';
import type {
  OutboxAct,
  OutboxListQuery,
  OutboxPage,
  OutboxPosition,
  PostponeRequest,
  SagaEnding,
  SagaOutbox,
  SagaSubscriber,
  SinkSummary,
  StoredSubscriber,
  TakenMessage,
  TakeRequest,
} from '@nest-saga/core/storage-kit';
import type { Connections } from './postgres/connections.js';
import { toOutboxMessage, toTakenMessage } from './postgres/mapping/outbox-rows.js';
import { toDate } from './postgres/mapping/time-column.js';
import { required } from './postgres/statement.js';
import type { Statement } from './postgres/statement.js';
import { listMessages } from './postgres/statements/list-messages.js';
import {
  discardMessageStatement,
  postponeMessagesStatement,
  redeliverMessageStatement,
  removeMessagesStatement,
  summarizeMessagesStatement,
  takeMessagesStatement,
} from './postgres/statements/outbox.js';
import {
  forgetSubscriberStatement,
  listSubscribersStatement,
  subscribeStatement,
} from './postgres/statements/subscribers.js';
import type { Tables } from './postgres/tables.js';

/** The messages in PostgreSQL that are still to be delivered: the table `saga_outbox`. */
export class TypeOrmSagaOutbox implements SagaOutbox {
  private readonly taking: Statement;
  private readonly removal: Statement;
  private readonly postponement: Statement;
  private readonly summary: Statement;
  private readonly redelivery: Statement;
  private readonly discarding: Statement;
  private readonly subscription: Statement;
  private readonly subscribers: Statement;
  private readonly forgetting: Statement;

  constructor(
    private readonly connections: Connections,
    private readonly tables: Tables,
  ) {
    this.taking = takeMessagesStatement(tables);
    this.removal = removeMessagesStatement(tables);
    this.postponement = postponeMessagesStatement(tables);
    this.summary = summarizeMessagesStatement(tables);
    this.redelivery = redeliverMessageStatement(tables);
    this.discarding = discardMessageStatement(tables);
    this.subscription = subscribeStatement(tables);
    this.subscribers = listSubscribersStatement(tables);
    this.forgetting = forgetSubscriberStatement(tables);
  }

  async take(request: TakeRequest): Promise<readonly TakenMessage[]> {
    const { relay, sinks, skipsParked, sagas, limit, leaseMs } = request;
    if (sinks.length === 0 || limit <= 0) return [];
    const values = [relay, sinks, skipsParked, sagas ?? null, limit, Math.round(leaseMs)];
    return (await this.connections.writes.run('outbox.take', this.taking, values)).map(toTakenMessage);
  }

  async remove(positions: readonly OutboxPosition[]): Promise<void> {
    if (positions.length === 0) return;
    await this.connections.writes.run('outbox.remove', this.removal, columnsOf(positions));
  }

  async postpone(requests: readonly PostponeRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const values = [
      ...columnsOf(requests),
      requests.map(({ relay }) => relay),
      requests.map(({ isFailure }) => isFailure),
      requests.map(({ delayMs }) => Math.round(delayMs)),
      requests.map(({ parked }) => parked),
    ];
    await this.connections.writes.run('outbox.postpone', this.postponement, values);
  }

  async list(query: OutboxListQuery): Promise<OutboxPage> {
    const limit = checkListLimit(query.limit);
    const { statement, values } = listMessages(this.tables, query, limit + 1);
    const found = (await this.connections.pool.run('outbox.list', statement, values)).map(toOutboxMessage);
    const messages = found.slice(0, limit);
    const last = messages.at(-1);
    const hasMore = last !== undefined && found.length > messages.length;
    return { messages, nextCursor: hasMore ? encodeOutboxCursor(last) : undefined };
  }

  async summarize(): Promise<readonly SinkSummary[]> {
    const rows = await this.connections.pool.run('outbox.summarize', this.summary, []);
    return rows.map((row) => ({
      sink: required(row, 'sink'),
      undelivered: Number(required(row, 'undelivered')),
      parked: Number(required(row, 'parked')),
      lagMs: Number(required(row, 'lag_ms')),
    }));
  }

  redeliver(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    return this.act('redeliver', this.redelivery, position, act);
  }

  discard(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    return this.act('discard', this.discarding, position, act);
  }

  async subscribe(subscribers: readonly SagaSubscriber[]): Promise<void> {
    if (subscribers.length === 0) return;
    const values = [
      subscribers.map(({ name }) => name),
      subscribers.map(({ saga }) => saga ?? null),
      subscribers.map(({ ending }) => ending),
    ];
    await this.connections.writes.run('outbox.subscribe', this.subscription, values);
  }

  async listSubscribers(): Promise<readonly StoredSubscriber[]> {
    const rows = await this.connections.pool.run('outbox.listSubscribers', this.subscribers, []);
    return rows.map((row) => ({
      name: required(row, 'name'),
      saga: row['saga'] ?? undefined,
      ending: required(row, 'ending') as SagaEnding,
      seenAt: toDate(required(row, 'seen_at')),
    }));
  }

  async forgetSubscriber(name: string): Promise<boolean> {
    const values = [name, sinkOfSubscriber(name)];
    const rows = await this.connections.writes.run('outbox.forgetSubscriber', this.forgetting, values);
    return rows.length > 0;
  }

  private async act(
    action: 'redeliver' | 'discard',
    statement: Statement,
    { sagaId, seq, sink }: OutboxPosition,
    { actor, note }: OutboxAct,
  ): Promise<boolean> {
    const values = [sagaId, seq, sink, actor, `${action}:${sink}`, note ?? null];
    return (await this.connections.writes.run(`outbox.${action}`, statement, values)).length > 0;
  }
}

function columnsOf(positions: readonly OutboxPosition[]): readonly unknown[] {
  return [
    positions.map(({ sagaId }) => sagaId),
    positions.map(({ seq }) => seq),
    positions.map(({ sink }) => sink),
  ];
}
