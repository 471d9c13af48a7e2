import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';
import { SagaRuntime } from '../../src/runtime/saga.runtime.js';
import { LiveWatches } from '../../src/streams/live-watches.js';
import { TimerCount } from './count-timers.js';
import { closeSseApps, openSseApp } from './sse-app.js';
import type { SseApp } from './sse-app.js';
import { connectSse, readEvents } from './sse-client.js';
import { until } from './until.js';

const clients = 500;

/** The engine, the connections and the test itself set timers that come and go. */
const otherTimers = 20;

describe('many clients of one process', () => {
  const timers = new TimerCount();
  beforeEach(() => timers.start());
  afterEach(async () => {
    timers.stop();
    await closeSseApps();
  });

  it('leave no listener, timer or subscription behind when they come and go', async () => {
    const app = await openSseApp(orderProviders);
    const { sagaId, letPass } = await startHeld(app);
    const before = await remains(app);
    for (let round = 0; round < 10; round++) {
      const connections = await Promise.all(
        Array.from({ length: clients / 10 }, () => connectSse(app.url(sagaId))),
      );
      await Promise.all(connections.map(async (connection) => connection[Symbol.asyncIterator]().next()));
      expect((await remains(app)).followers).toBe(clients / 10);
      for (const connection of connections) connection.cut();
      await until('nobody is connected', async () => (await remains(app)).connections === 0);
    }
    letPass();
    expect(app.responses).toHaveLength(clients);
    expect(await remains(app)).toEqual(before);
    await until('no timer of a client is left', () => timers.size < otherTimers);
  });

  it('each get every event, and leave nothing behind, when the saga ends', async () => {
    const app = await openSseApp(orderProviders);
    const { sagaId, letPass } = await startHeld(app);
    const before = await remains(app);
    const connections = await Promise.all(Array.from({ length: clients }, () => connectSse(app.url(sagaId))));
    await until('all follow', async () => (await remains(app)).followers === clients);
    expect(timers.size).toBeGreaterThanOrEqual(clients);
    letPass();
    for (const events of await Promise.all(connections.map(readEvents)))
      expect(events.map(({ id, event }) => `${id} ${event}`)).toEqual([
        '0 started',
        '1 step',
        '2 step',
        '3 step',
        '3 completed',
      ]);
    await until('nobody is connected', async () => (await remains(app)).connections === 0);
    expect(await remains(app)).toEqual(before);
    await until('no timer of a client is left', () => timers.size < otherTimers);
  });

  it('do not delay app.close(), and learn that only their stream ended', async () => {
    const app = await openSseApp(orderProviders, { module: { shutdownTimeoutMs: 0, abortGraceMs: 0 } });
    const { sagaId } = await startHeld(app);
    const connections = await Promise.all(Array.from({ length: 50 }, () => connectSse(app.url(sagaId))));
    const reading = Promise.all(connections.map(readEvents));
    await until('all follow', async () => (await remains(app)).followers === 50);
    // No client leaves by itself: were one waited for, this would not end.
    await closeSseApps();
    for (const events of await reading)
      expect(events.map(({ id, event, data }) => [id, event, data]).slice(2)).toEqual([
        ['1', 'interrupted', '{"reason":"shutdown"}'],
      ]);
  });
});

/** Starts a saga whose second step waits. */
async function startHeld({ app, sagas }: SseApp): Promise<{ readonly sagaId: string; letPass(): void }> {
  let letPass: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letPass = resolve;
  });
  app.get(Calls).answers.set('charge:act', () => held);
  const { sagaId } = await sagas.start(new OrderContext('book'));
  return { sagaId, letPass };
}

/** Handles that clients can leave behind in the server's process, which is also theirs. */
async function remains({ app, server, responses }: SseApp) {
  const engine = await app.get(SagaRuntime).opened();
  const listeners = (event: string) =>
    responses.reduce((sum, response) => sum + response.listenerCount(event), 0);
  return {
    followers: engine.watch.size,
    subscriptions: app.get(LiveWatches).size,
    connections: await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    drainListeners: listeners('drain'),
    closeListeners: listeners('close'),
  };
}
