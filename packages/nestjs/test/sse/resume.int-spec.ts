import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemorySagaStorage, SystemClock } from '../../src/index.js';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';
import { closeSseApps, openSseApp } from './sse-app.js';
import type { SseApp } from './sse-app.js';
import { connectSse, readEvents } from './sse-client.js';
import type { SseBlock } from './sse-client.js';

const undone = ['1 step', '2 step', '3 step', '4 step', '5 step', '5 failed'];

describe('a stream of server-sent events', () => {
  afterEach(closeSseApps);

  it('sends each result with its seq as the id and ends with how the saga ended', async () => {
    const app = await openSseApp(orderProviders);
    const { sagaId } = await app.sagas.start(new OrderContext('book'));
    const events = await readEvents(await connectSse(app.url(sagaId)));
    expect(events.map(summary)).toEqual(['0 started', '1 step', '2 step', '3 step', '3 completed']);
    expect(JSON.parse(events[0]?.data ?? '')).toEqual({ sagaId, saga: 'order', version: 1, total: 3 });
    expect(JSON.parse(events[1]?.data ?? '')).toMatchObject({
      sagaId,
      step: 'reserve',
      status: 'completed',
      position: 1,
      total: 3,
    });
  });

  it('says which saga it is before any step has ended, so that a client can cancel it', async () => {
    const app = await openSseApp(orderProviders);
    const gate = holdSteps(app, 'reserve:act');
    const { sagaId } = await app.sagas.start(new OrderContext('book'));
    const seen: string[] = [];
    for await (const block of await connectSse(app.url(sagaId))) {
      if (block.data === undefined) continue;
      seen.push(summary(block));
      if (block.event !== 'started') continue;
      expect(JSON.parse(block.data)).toMatchObject({ sagaId });
      await app.sagas.cancel(sagaId, 'the client changed its mind');
      gate.letPass();
    }
    expect(seen[0]).toBe('0 started');
    expect(seen.at(-1)).toMatch(/ failed$/);
  });

  it('gives a client that is cut at every event each result once and in order', async () => {
    const app = await openSseApp(orderProviders);
    const events = await followWithCuts([app], await startFailing(app));
    expect(events.map(summary)).toEqual(undone);
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ failure: { step: 'ship' } });
  });

  it('continues at another process for a client that is cut at every event while the saga runs', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const module = { storage, watchIntervalMs: 5 };
    const one = await openSseApp(orderProviders, { module });
    const two = await openSseApp(orderProviders, { module: { ...module, worker: false } });
    const gate = holdSteps(one);
    const sagaId = await startFailing(one);
    const reading = followWithCuts([two, one], sagaId, gate.letPass);
    expect((await reading).map(summary)).toEqual(undone);
  });

  it('sends the end of the saga to a client that has seen every result', async () => {
    const app = await openSseApp(orderProviders);
    const { sagaId } = await app.sagas.start(new OrderContext('book'));
    const events = await readEvents(await connectSse(app.url(sagaId), '3'));
    expect(events.map(summary)).toEqual(['3 started', '3 completed']);
  });

  it('ends with "stuck" where a person is needed', async () => {
    const app = await openSseApp(orderProviders, { module: { compensation: { maximumAttempts: 1 } } });
    app.app.get(Calls).answers.set('charge:compensate', fail);
    const events = await readEvents(await connectSse(app.url(await startFailing(app))));
    expect(summary(events.at(-1))).toBe('4 stuck');
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({
      stuck: { reason: 'compensation-exhausted', step: 'charge' },
    });
  });

  it('ends as "interrupted", with the id that it was asked to resume from, if there is no such saga', async () => {
    const app = await openSseApp(orderProviders);
    const connection = await connectSse(app.url('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41'), '7');
    expect(await readEvents(connection)).toEqual([
      { event: 'interrupted', id: '7', data: '{"reason":"error","code":"SAGA_NOT_FOUND"}' },
    ]);
  });

  it('sends comments that leave the last id as it is while nothing happens', async () => {
    const app = await openSseApp(orderProviders, { events: { heartbeatIntervalMs: 5 } });
    const gate = holdSteps(app, 'charge:act');
    const { sagaId } = await app.sagas.start(new OrderContext('book'));
    const blocks: SseBlock[] = [];
    for await (const block of await connectSse(app.url(sagaId))) {
      blocks.push(block);
      if (blocks.filter(({ comment }) => comment !== undefined).length === 3) gate.letPass();
    }
    const heartbeats = blocks.filter(({ comment, id }) => comment !== undefined && id === '1');
    expect(heartbeats.length).toBeGreaterThanOrEqual(1);
    expect(heartbeats[0]).toEqual({ comment: 'heartbeat', id: '1' });
    expect(blocks.filter(({ data }) => data !== undefined).map(summary)).toEqual([
      '0 started',
      '1 step',
      '2 step',
      '3 step',
      '3 completed',
    ]);
  });

  it('ends as "interrupted" where what is to be sent cannot be made, and says nothing of the error', async () => {
    const toData = () => {
      throw new Error('secret');
    };
    const app = await openSseApp(orderProviders, { events: { toData } });
    const { sagaId } = await app.sagas.start(new OrderContext('book'));
    expect(await readEvents(await connectSse(app.url(sagaId)))).toEqual([
      { event: 'interrupted', id: '0', data: '{"reason":"error"}' },
    ]);
  });
});

function summary(block: SseBlock | undefined): string {
  return `${block?.id} ${block?.event}`;
}

function fail(): never {
  throw new Error('out of order');
}

async function startFailing({ app, sagas }: SseApp): Promise<string> {
  app.get(Calls).answers.set('ship:act', fail);
  return (await sagas.start(new OrderContext('book'))).sagaId;
}

/** Holds a call, or all of them, until they are let pass one by one. */
function holdSteps({ app }: SseApp, only?: string): { letPass(): void } {
  const calls = ['reserve:act', 'charge:act', 'charge:compensate', 'reserve:compensate'];
  const waiting: (() => void)[] = [];
  let passes = 0;
  const hold = () =>
    new Promise<void>((resolve) => {
      if (passes > 0) resolve();
      else waiting.push(resolve);
      passes = Math.max(0, passes - 1);
    });
  for (const call of only === undefined ? calls : [only]) app.get(Calls).answers.set(call, hold);
  const letPass = () => {
    const next = waiting.shift();
    if (next === undefined) passes += 1;
    else next();
  };
  return { letPass };
}

/** Follows as a client does that loses each connection after one event, and comes back to the next process. */
async function followWithCuts(
  apps: readonly SseApp[],
  sagaId: string,
  onConnected: () => void = () => undefined,
): Promise<readonly SseBlock[]> {
  const events: SseBlock[] = [];
  let lastEventId: string | undefined;
  for (let connections = 0; events.at(-1)?.event !== 'failed'; connections++) {
    const app = apps[connections % apps.length];
    if (app === undefined || connections > 50) throw new Error('the stream does not end');
    const connection = await connectSse(app.url(sagaId), lastEventId);
    onConnected();
    for await (const block of connection) {
      lastEventId = block.id ?? lastEventId;
      // Some connections are lost right after that.
      if (block.event === 'started' && connections % 3 === 0) break;
      if (block.data === undefined || block.event === 'started') continue;
      events.push(block);
      break;
    }
    connection.cut();
  }
  return events;
}
