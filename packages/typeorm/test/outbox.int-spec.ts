import type { StepRun } from '@nest-saga/core';
import type { SagaEngine } from '@nest-saga/core/engine';
import { FakeSink } from '@nest-saga/testing';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { createEngine } from './test-engine.js';
import { until } from './until.js';

const emitting = ['one', 'two', 'three'].map((event) => (_context: unknown, run: StepRun) => run.emit(event));

describe('the outbox in PostgreSQL', () => {
  let database: TestDatabase;
  const engines: SagaEngine[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
    await database.close();
  });

  const openEngine = async (sink: FakeSink): Promise<SagaEngine> => {
    const engine = createEngine(emitting, {
      storage: await database.openStorage(),
      events: { sinks: [sink], relayIntervalMs: 50 },
    });
    engines.push(engine);
    await engine.open();
    return engine;
  };
  const messagesLeft = async (): Promise<number> =>
    Number((await database.query('SELECT count(*) AS left FROM saga.saga_outbox'))[0]?.['left']);
  const byOrder = (messages: FakeSink['messages']): ReadonlyMap<string, readonly number[]> => {
    const seqs = new Map<string, number[]>();
    for (const { sagaId, seq } of messages) seqs.set(sagaId, [...(seqs.get(sagaId) ?? []), seq]);
    return seqs;
  };

  it('publishes each message once and in order, from two processes with one broker', async () => {
    const broker = new FakeSink();
    const [one, other] = [await openEngine(broker), await openEngine(broker)];
    const starts = Array.from({ length: 60 }, (_none, index) =>
      (index % 2 === 0 ? one : other).starter.start({}, { saga: 'order' }),
    );
    await Promise.all(starts);
    await until(
      'every message is published',
      async () => broker.messages.length >= 180 && (await messagesLeft()) === 0,
    );
    expect(broker.messages).toHaveLength(180);
    for (const seqs of byOrder(broker.messages).values()) expect(seqs).toEqual([1, 2, 3]);
  });

  it('delivers what a broker that was away has not got, by either process, in order', async () => {
    const broker = new FakeSink();
    broker.isDown = true;
    const [one] = [await openEngine(broker), await openEngine(broker)];
    await Promise.all(Array.from({ length: 20 }, () => one.starter.start({}, { saga: 'order' })));
    await until('the messages wait', async () => (await messagesLeft()) === 60);
    broker.isDown = false;
    await until('no message is left', async () => (await messagesLeft()) === 0);
    const orders = [...byOrder(broker.messages).values()];
    expect(orders).toHaveLength(20);
    for (const seqs of orders) expect([...new Set(seqs)]).toEqual([1, 2, 3]);
  });

  it('keeps the actor and the note of a person who discards a message', async () => {
    const broker = new FakeSink();
    broker.isDown = true;
    const engine = await openEngine(broker);
    const { sagaId } = await engine.starter.start({}, { saga: 'order' });
    await until('the messages wait', async () => (await messagesLeft()) === 3);
    await engine.outgoing.discard({ sagaId, seq: 1, sink: 'broker' }, { actor: 'ada', note: 'not needed' });
    expect(await database.query('SELECT actor, action, saga_id, seq, note FROM saga.saga_audit')).toEqual([
      { actor: 'ada', action: 'discard:broker', saga_id: sagaId, seq: 1, note: 'not needed' },
    ]);
  });
});
