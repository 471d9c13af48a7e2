import { afterEach, describe, expect, it } from '@jest/globals';
import { maximumBytesRead } from '@nest-saga/core/engine';
import { Saga, SagaStep } from '../../src/index.js';
import type { SagaStepHandler, SagaStreamEvent } from '../../src/index.js';
import { attempts, RetryingContext, retryingProviders } from './retrying-saga.js';
import { closeSseApps, openSseApp } from './sse-app.js';
import type { SseApp } from './sse-app.js';
import { connectSse, readEvents } from './sse-client.js';
import type { SseBlock, SseConnection } from './sse-client.js';
import { until } from './until.js';

/** So much that a few events fill every buffer between the server and a client that does not read. */
const toData = () => 'x'.repeat(250_000);

describe('a client that does not read its events', () => {
  afterEach(closeSseApps);

  it('is dropped with a last event that says so, and continues from there when it comes back', async () => {
    const app = await openSseApp(retryingProviders, { events: { toData, maximumWaitingEvents: 10 } });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    const slow = await connectSse(app.url(sagaId));
    await outcome();

    const seen = await readEvents(slow);
    const last = seen.at(-1);
    expect(last?.event).toBe('interrupted');
    expect(seen.length).toBeLessThan(attempts);
    const rest = await readEvents(await connectSse(app.url(sagaId), last?.id));

    const steps = [...seen, ...rest].filter(({ event }) => event === 'step');
    expect(steps.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: attempts }, (_, index) => index + 1),
    );
    expect(rest.at(-1)?.event).toBe('completed');
  });

  it('is dropped while its saga stands still, if a long replay has stayed unread since the last heartbeat', async () => {
    const told: string[] = [];
    const app = await openSseApp(retryingProviders, {
      events: { toData: telling(told), maximumWaitingEvents: 10, heartbeatIntervalMs: 200 },
      module: { shutdownTimeoutMs: 0, abortGraceMs: 0 },
    });
    const { sagaId } = await app.sagas.start(new RetryingContext(attempts));
    await until('the journal is long', async () => (await app.sagas.history(sagaId)).length === attempts - 1);
    const slow = await connectSse(app.url(sagaId));
    await until('it is let go of', () => told.includes('interrupted'));

    const seen = await readEvents(slow);
    expect(seen.at(-1)?.event).toBe('interrupted');
    expect(seen.length).toBeLessThan(attempts);
    const again = await connectSse(app.url(sagaId), seen.at(-1)?.id);
    const [started, next] = await firstEvents(again, 2);
    expect(started?.id).toBe(seen.at(-1)?.id);
    expect(Number(next?.id)).toBe(Number(seen.at(-1)?.id) + 1);
    again.cut();
  });

  it('is asked to come back if it is still late when the grace after the end is over', async () => {
    const told: string[] = [];
    const app = await openSseApp(retryingProviders, {
      events: { toData: telling(told), maximumWaitingEvents: 10, closeGraceMs: 6_000 },
    });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    await outcome();
    const slow = await connectSse(app.url(sagaId));
    await until('it is let go of', () => told.includes('interrupted'));

    const seen = await readEvents(slow);
    expect(seen.at(-1)?.event).toBe('interrupted');
    expect(seen.length).toBeLessThan(attempts);
    const steps = seen.filter(({ event }) => event === 'step');
    expect(steps.at(-1)?.id).toBe(seen.at(-1)?.id);
  });

  it('gets the reason by default', async () => {
    const big = (text: string) => ({ big: text });
    const app = await openSseApp(retryingProviders, {
      events: {
        maximumWaitingEvents: 1,
        toData: (event) =>
          event.type === 'step' ? big(toData()) : { reason: 'reason' in event && event.reason },
      },
    });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    const slow = await connectSse(app.url(sagaId));
    await outcome();
    expect((await readEvents(slow)).at(-1)?.data).toBe('{"reason":"slow-client"}');
  });

  it('is disconnected if it reads nothing within the grace, and the saga continues', async () => {
    const events = { toData, maximumWaitingEvents: 10, closeGraceMs: 50 };
    const app = await openSseApp(retryingProviders, { events });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    await connectSse(app.url(sagaId));
    expect((await outcome()).status).toBe('completed');
    await until('the response is destroyed', () => app.responses[0]?.destroyed === true);
    await until('its connection is gone', async () => (await connections(app)) === 0);
  });

  it('does not hold up app.close()', async () => {
    const events = { toData, maximumWaitingEvents: 1_000, closeGraceMs: 50 };
    const app = await openSseApp(retryingProviders, { events });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    await connectSse(app.url(sagaId));
    await outcome();
    expect(app.responses[0]?.writableFinished).toBe(false);
    await closeSseApps();
    expect(app.responses[0]?.destroyed).toBe(true);
  });

  it('is not taken for slow where it reads a long journal as fast as it comes', async () => {
    const app = await openSseApp(retryingProviders, { events: { maximumWaitingEvents: 1 } });
    const { sagaId, outcome } = await app.sagas.start(new RetryingContext());
    await outcome();
    const events: readonly SseBlock[] = await readEvents(await connectSse(app.url(sagaId)));
    expect(events.map(({ event }) => event)).toEqual([
      'started',
      ...Array.from({ length: attempts }, () => 'step'),
      'completed',
    ]);
  });
});

describe('a history that is longer than one read of the storage', () => {
  afterEach(closeSseApps);

  it('reaches a client in order and without loss, which connects again if it was dropped between two reads', async () => {
    const size = 900_000;
    const count = Math.ceil((3 * maximumBytesRead) / size);
    const steps = Array.from({ length: count }, (_, index) => largeStep(`step-${index + 1}`, size));
    class LargeSaga {}
    Saga({ name: 'large', context: LargeContext, steps })(LargeSaga);
    const app = await openSseApp([LargeSaga, ...steps], { events: { maximumWaitingEvents: 1 } });
    const { sagaId, outcome } = await app.sagas.start(new LargeContext());
    await outcome();

    const seen: SseBlock[] = [];
    for (let lastId: string | undefined; seen.at(-1)?.event !== 'completed'; lastId = seen.at(-1)?.id) {
      const events = await readEvents(await connectSse(app.url(sagaId), lastId));
      expect(events.filter(({ event }) => event === 'step' || event === 'completed')).not.toEqual([]);
      seen.push(...events);
    }

    const results = seen.filter(({ event }) => event === 'step');
    expect(results.map(({ id }) => Number(id))).toEqual(steps.map((_step, index) => index + 1));
    expect(results.every(({ data = '' }) => data.length > size)).toBe(true);
  });
});

class LargeContext {}

/** A step whose response is so large. */
function largeStep(id: string, size: number): new () => SagaStepHandler<LargeContext, string> {
  class LargeStep implements SagaStepHandler<LargeContext, string> {
    act(): string {
      return 'x'.repeat(size);
    }

    compensate(): void {}
  }
  SagaStep(id)(LargeStep);
  return LargeStep;
}

/** As much data, with a note of which events were written. */
function telling(told: string[]): (event: SagaStreamEvent) => string {
  return ({ type }) => {
    told.push(type);
    return toData();
  };
}

async function firstEvents(connection: SseConnection, count: number): Promise<readonly SseBlock[]> {
  const events: SseBlock[] = [];
  for await (const block of connection) if (block.data !== undefined && events.push(block) === count) break;
  return events;
}

function connections({ server }: SseApp): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
