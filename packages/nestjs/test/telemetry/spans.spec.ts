import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DelayedStorage, FakeClock, FaultyStorage } from '@nest-saga/testing';
import type { TestingModule } from '@nestjs/testing';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { InMemorySagaStorage, SystemClock } from '../../src/index.js';
import type { SagaModuleOptions } from '../../src/index.js';
import { SagaRuntime } from '../../src/runtime/saga.runtime.js';
import { sagaTelemetry } from '../../src/telemetry/index.js';
import { closeApps, openApp } from '../open-app.js';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';
import { until } from '../sse/until.js';
import { RecordedTelemetry } from './recorded-telemetry.js';

describe('the spans of a saga', () => {
  let recorded: RecordedTelemetry;

  beforeEach(() => {
    recorded = new RecordedTelemetry();
    recorded.register();
  });

  afterEach(async () => {
    await closeApps();
    await recorded.unregister();
  });

  it('are one for its start, one for its run and one for each act, in the trace of the caller', async () => {
    const { sagas } = await open();
    const sagaId = await trace.getTracer('test').startActiveSpan('POST /orders', async (request) => {
      const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
      await outcome();
      request.end();
      return sagaId;
    });

    expect(recorded.names()).toEqual([
      'POST /orders',
      'start order',
      'saga order',
      'act reserve',
      'act charge',
      'act ship',
    ]);
    expect(parents()).toEqual({
      'POST /orders': undefined,
      'start order': 'POST /orders',
      'saga order': 'start order',
      'act reserve': 'saga order',
      'act charge': 'saga order',
      'act ship': 'saga order',
    });
    expect(recorded.span('act charge').attributes).toEqual({
      'saga.id': sagaId,
      'saga.name': 'order',
      'saga.version': 1,
      'saga.step': 'charge',
      'saga.action': 'act',
      'saga.attempt': 1,
      'saga.outcome': 'completed',
    });
    expect(recorded.span('saga order').attributes).toMatchObject({
      'saga.id': sagaId,
      'saga.outcome': 'completed',
      'saga.recovery': false,
    });
  });

  it('have a trace of their own if no caller began one', async () => {
    const { sagas } = await open();
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(recorded.span('start order').parentSpanContext).toBeUndefined();
    expect(traces()).toHaveLength(1);
  });

  it('surround what a step does, so that its own calls are below it', async () => {
    const { app, sagas } = await open();
    app.get(Calls).answers.set('charge:act', () => trace.getTracer('test').startSpan('POST /charges').end());
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(parents()['POST /charges']).toBe('act charge');
  });

  it('say of a failure what went wrong, without a stack, and show the undo', async () => {
    const { app, sagas } = await open();
    app.get(Calls).answers.set('ship:act', () => {
      throw Object.assign(new Error('no carrier'), { code: 'NO_CARRIER' });
    });
    await (await sagas.start(new OrderContext('book'))).outcome();

    expect(recorded.names().slice(-3)).toEqual(['act ship', 'compensate charge', 'compensate reserve']);
    const failed = { status: { code: SpanStatusCode.ERROR, message: 'no carrier' } };
    expect(recorded.span('act ship')).toMatchObject({
      ...failed,
      attributes: { 'saga.outcome': 'failed', 'error.type': 'NO_CARRIER' },
      events: [],
    });
    expect(recorded.span('saga order')).toMatchObject({
      ...failed,
      attributes: { 'saga.outcome': 'failed', 'error.type': 'NO_CARRIER' },
      events: [{ name: 'compensating' }],
    });
    expect(recorded.span('compensate charge').attributes).toMatchObject({ 'saga.action': 'compensate' });
  });

  it('end with the attempt where a step does not end at its time limit', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await open({ timeoutMs: 1_000, abortGraceMs: 0 }, clock);
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const { outcome } = await sagas.start(new OrderContext('book'));
    await clock.advance(1_000);
    await outcome();
    expect(recorded.span('act charge').attributes).toMatchObject({
      'saga.outcome': 'timed-out',
      'error.type': 'SAGA_STEP_TIMED_OUT',
    });
  });

  it('say "timed-out" of a step that ends at its time limit by itself, before that is stored', async () => {
    const clock = new FakeClock();
    const storage = new DelayedStorage(new InMemorySagaStorage(clock));
    const { app, sagas } = await open({ storage, timeoutMs: 1_000 }, clock);
    const charging = obeySignal(app, () => storage.hold('append', 'call'));
    const { outcome } = await sagas.start(new OrderContext('book'));
    await charging;
    await clock.advance(1_000);
    await until('the entry waits to be stored', () => storage.waitingCalls.length === 1);
    await nextTurn();
    expect(recorded.names()).not.toContain('act charge');
    storage.letPass('append');
    await outcome();
    expect(recorded.span('act charge').attributes).toMatchObject({
      'saga.outcome': 'timed-out',
      'error.type': 'SAGA_STEP_TIMED_OUT',
    });
  });

  it('say "stopped", and nothing of an error, of a step that ends because its process shuts down', async () => {
    const { app, sagas } = await open({ shutdownTimeoutMs: 0 });
    const charging = obeySignal(app);
    await sagas.start(new OrderContext('book'));
    await charging;
    await closeApps();
    expect(recorded.span('act charge')).toMatchObject(stopped);
  });

  it('say "stopped", and nothing of an error, of a step that ends because the lease is lost', async () => {
    const clock = new FakeClock();
    const storage = new FaultyStorage(new InMemorySagaStorage(clock));
    const { app, sagas } = await open({ storage, shutdownTimeoutMs: 0, abortGraceMs: 0 }, clock);
    const charging = obeySignal(app);
    await sagas.start(new OrderContext('book'));
    await charging;
    storage.inject({ outcome: 'not-written' });
    await clock.advance(30_000);
    expect(recorded.span('act charge')).toMatchObject(stopped);
  });

  it('say that a step failed whose result cannot be stored', async () => {
    const { app, sagas } = await open();
    app.get(Calls).answers.set('charge:act', () => ({ fee: Number.NaN }));
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(recorded.span('act charge')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'saga.outcome': 'failed', 'error.type': 'SAGA_CONTEXT_NOT_STORABLE' },
    });
  });

  it('last as long as the step did, however long its entry takes to be stored', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { app, sagas } = await open({ storage });
    app.get(Calls).answers.set('charge:act', () => storage.hold('append', 'call'));
    const { outcome } = await sagas.start(new OrderContext('book'));
    await until('its entry waits', () => storage.waitingCalls.length === 1);
    const waitsSince = Date.now();
    await until('it has waited for a while', () => Date.now() > waitsSince + 100);
    storage.letPass('append');
    await outcome();
    const [seconds, nanoseconds] = recorded.span('act charge').endTime;
    expect(seconds * 1_000 + nanoseconds / 1e6).toBeLessThan(waitsSince + 50);
  });

  it('of what another process recovers are in the first trace', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const first = await open({ storage, shutdownTimeoutMs: 0, abortGraceMs: 0 });
    first.app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const { sagaId } = await first.sagas.start(new OrderContext('book'));
    await closeApps();
    expect(recorded.span('saga order').attributes).toMatchObject({
      'saga.outcome': 'stopped',
      'saga.stop.reason': 'shutdown',
    });

    const second = await open({ storage });
    await (await second.sagas.recover(sagaId)).outcome();

    const runs = recorded.spans.filter(({ name }) => name === 'saga order');
    expect(runs).toHaveLength(2);
    expect(runs[1]).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'saga.outcome': 'completed' } });
    expect(traces()).toHaveLength(1);
    expect(runs[1]?.parentSpanContext?.spanId).toBe(recorded.span('start order').spanContext().spanId);
  });

  it('of a queued saga are below the start of the request that queued it', async () => {
    const { sagas } = await open();
    await (await sagas.enqueue(new OrderContext('book'))).outcome();
    expect(recorded.span('start order').kind).toBe(SpanKind.PRODUCER);
    expect(recorded.span('saga order').kind).toBe(SpanKind.CONSUMER);
    expect(parents()['saga order']).toBe('start order');
  });

  it('are below the trace that the caller passes in the metadata', async () => {
    const { sagas } = await open();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await (await sagas.start(new OrderContext('book'), { metadata: { traceparent } })).outcome();
    expect(recorded.span('start order').parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7' });
    expect(traces()).toEqual(['4bf92f3577b34da6a3ce929d0e0e4736']);
  });

  it('store the trace with the saga, and nothing of the baggage', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas } = await open({ storage });
    const baggage = propagation.createBaggage({ customer: { value: 'Ada' } });
    const { sagaId, outcome } = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      sagas.start(new OrderContext('book'), { metadata: { tenant: 'a' } }),
    );
    await outcome();
    const { traceId, spanId } = recorded.span('start order').spanContext();
    expect((await storage.find(sagaId))?.metadata).toEqual({
      tenant: 'a',
      traceparent: `00-${traceId}-${spanId}-01`,
    });
  });

  it('say why a start was refused', async () => {
    const { sagas } = await open();
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    await outcome();
    await expect(sagas.start(new OrderContext('pen'), { sagaId })).rejects.toMatchObject({
      code: 'SAGA_CONFLICT',
    });
    const refused = recorded.spans.findLast(({ name }) => name === 'start order');
    expect(refused).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'SAGA_CONFLICT' },
    });
  });

  it('are all ended when nothing runs any more', async () => {
    const { app, sagas } = await open();
    await Promise.all(
      Array.from({ length: 20 }, async () => (await sagas.start(new OrderContext('book'))).outcome()),
    );
    const { running } = (await app.get(SagaRuntime).opened()).worker;
    expect([...running.all()]).toEqual([]);
    expect(recorded.names()).toHaveLength(20 * 5);
  });

  function parents(): Readonly<Record<string, string | undefined>> {
    const names = new Map(recorded.spans.map((span) => [span.spanContext().spanId, span.name]));
    const parentOf = (span: ReadableSpan) => names.get(span.parentSpanContext?.spanId ?? '');
    return Object.fromEntries(recorded.spans.map((span) => [span.name, parentOf(span)]));
  }

  function traces(): readonly string[] {
    return [...new Set(recorded.spans.map((span) => span.spanContext().traceId))];
  }
});

const stopped = { status: { code: SpanStatusCode.UNSET }, attributes: { 'saga.outcome': 'stopped' } };

/** Has the charge go on until its signal fires. Resolves once it has begun. */
function obeySignal(app: TestingModule, onBegin: () => void = () => undefined): Promise<void> {
  return new Promise((resolve) => {
    const calls = app.get(Calls);
    calls.onRun = (run) => {
      if (run.step !== 'charge') return;
      calls.answers.set('charge:act', async () => {
        onBegin();
        resolve();
        if (!run.signal.aborted) await once(run.signal, 'abort');
        throw run.signal.reason;
      });
    };
  });
}

function open(options: SagaModuleOptions = {}, clock?: FakeClock) {
  return openApp(orderProviders, { telemetry: sagaTelemetry(), ...options }, (builder) =>
    clock === undefined ? builder : builder.overrideProvider(SystemClock).useValue(clock),
  );
}
