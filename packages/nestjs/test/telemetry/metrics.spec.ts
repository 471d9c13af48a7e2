import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { FakeClock, FakeSink, FaultyStorage } from '@nest-saga/testing';
import { InMemorySagaStorage, SystemClock } from '../../src/index.js';
import type { SagaModuleOptions } from '../../src/index.js';
import { sagaTelemetry } from '../../src/telemetry/index.js';
import { closeApps, openApp } from '../open-app.js';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';
import { RecordedTelemetry } from './recorded-telemetry.js';

describe('the metrics of sagas', () => {
  let recorded: RecordedTelemetry;

  beforeEach(() => {
    recorded = new RecordedTelemetry();
    recorded.register();
  });

  afterEach(async () => {
    await closeApps();
    await recorded.unregister();
  });

  it('count the sagas that were started, and those that ended by their status', async () => {
    const { app, sagas } = await open({ compensation: { maximumAttempts: 1 } });
    const run = async () => (await sagas.start(new OrderContext('book'))).outcome();
    await run();
    await run();
    app.get(Calls).answers.set('ship:act', fail);
    await run();
    app.get(Calls).answers.set('charge:compensate', fail);
    await run();

    expect(await recorded.measure('saga.started')).toEqual([
      { attributes: { 'saga.name': 'order' }, value: 4 },
    ]);
    expect(await recorded.measure('saga.ended')).toEqual([
      { attributes: { 'saga.name': 'order', 'saga.status': 'completed' }, value: 2 },
      { attributes: { 'saga.name': 'order', 'saga.status': 'failed' }, value: 1 },
      { attributes: { 'saga.name': 'order', 'saga.status': 'stuck' }, value: 1 },
    ]);
  });

  it('count the attempts of each step by outcome, and time them in seconds', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await open(
      { retry: { maximumAttempts: 2, initialIntervalMs: 0 }, timeoutMs: 500, abortGraceMs: 0 },
      clock,
    );
    let attempts = 0;
    app.get(Calls).answers.set('charge:act', () => (++attempts === 1 ? fail() : undefined));
    app.get(Calls).answers.set('ship:act', () => new Promise(() => undefined));
    const { outcome } = await sagas.start(new OrderContext('book'));
    await clock.advance(1_000);
    await outcome();

    const of = (step: string, action: string, outcome: string) => ({
      'saga.name': 'order',
      'saga.step': step,
      'saga.action': action,
      'saga.outcome': outcome,
    });
    expect(await recorded.measure('saga.step.attempts')).toEqual([
      { attributes: of('reserve', 'act', 'completed'), value: 1 },
      { attributes: of('charge', 'act', 'failed'), value: 1 },
      { attributes: of('charge', 'act', 'completed'), value: 1 },
      { attributes: of('ship', 'act', 'timed-out'), value: 2 },
      // A timed-out act is in doubt, so it is undone too.
      { attributes: of('ship', 'compensate', 'completed'), value: 1 },
      { attributes: of('charge', 'compensate', 'completed'), value: 1 },
      { attributes: of('reserve', 'compensate', 'completed'), value: 1 },
    ]);
    const durations = await recorded.measure('saga.step.duration');
    const timedOut = durations.find(({ attributes }) => attributes['saga.outcome'] === 'timed-out');
    expect(timedOut?.value as Histogram).toMatchObject({ count: 2, sum: 1 });
  });

  it('count the sagas that are open by status, and those that are stuck', async () => {
    const { app, sagas } = await open({
      compensation: { maximumAttempts: 1 },
      shutdownTimeoutMs: 0,
      abortGraceMs: 0,
    });
    app.get(Calls).answers.set('ship:act', fail);
    app.get(Calls).answers.set('charge:compensate', fail);
    await (await sagas.start(new OrderContext('book'))).outcome();
    app.get(Calls).answers.set('reserve:act', () => new Promise(() => undefined));
    await sagas.start(new OrderContext('book'));

    expect(await recorded.measure('saga.open')).toEqual([
      { attributes: { 'saga.status': 'pending' }, value: 0 },
      { attributes: { 'saga.status': 'running' }, value: 1 },
      { attributes: { 'saga.status': 'compensating' }, value: 0 },
    ]);
    expect(await recorded.measure('saga.stuck')).toEqual([{ attributes: {}, value: 1 }]);
  });

  it('count the sagas that wait without a process, by what they wait for', async () => {
    const { sagas } = await open();
    await sagas.start(new OrderContext('book'), { delayMs: 60_000 });

    const of = (kind: string, value: number) => ({ attributes: { 'saga.waiting_for': kind }, value });
    expect(await recorded.measure('saga.waiting')).toEqual([
      of('retry', 0),
      of('overdue', 0),
      of('delay', 1),
      of('signal', 0),
      of('approval', 0),
    ]);
  });

  it('count the messages that a sink has not got, and 0 when it has got them', async () => {
    const sink = new FakeSink();
    sink.isDown = true;
    const { app, sagas } = await open({ events: { sinks: [sink], relayIntervalMs: 5 } });
    app.get(Calls).onRun = (run) => run.emit('done');
    await (await sagas.start(new OrderContext('book'))).outcome();
    const attributes = { 'saga.sink': 'broker' };
    const { length } = app.get(Calls).made;
    expect(await recorded.measure('saga.outbox.undelivered')).toEqual([{ attributes, value: length }]);
    expect(await recorded.measure('saga.outbox.parked')).toEqual([{ attributes, value: 0 }]);
    expect(await recorded.measure('saga.outbox.lag')).toMatchObject([{ attributes }]);
  });

  it('show the age of the oldest open saga in seconds, and 0 if none is open', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await open({ storage: new InMemorySagaStorage(clock) }, clock);
    const age = async () => (await recorded.measure('saga.oldest_open.age')).map(({ value }) => value);
    expect(await age()).toEqual([0]);

    let end: () => void = () => undefined;
    app.get(Calls).answers.set('charge:act', () => new Promise<void>((resolve) => (end = resolve)));
    const { outcome } = await sagas.start(new OrderContext('book'));
    await clock.advance(90_500);
    expect(await age()).toEqual([90.5]);

    end();
    await outcome();
  });

  it('leave out a storage that fails, and show everything else', async () => {
    const storage = new FaultyStorage(new InMemorySagaStorage(new SystemClock()));
    const { sagas } = await open({ storage });
    await (await sagas.start(new OrderContext('book'))).outcome();
    storage.inject({ method: 'summarize', outcome: 'not-written' });
    expect(await recorded.measure('saga.open')).toEqual([]);
    expect(await recorded.measure('saga.started')).toHaveLength(1);
  });

  it('ask the storage no more once the application is closed', async () => {
    const storage = new FaultyStorage(new InMemorySagaStorage(new SystemClock()));
    await open({ storage });
    await recorded.everything();
    const before = storage.callsOf('summarize');
    expect(before).toBeGreaterThan(0);
    await closeApps();
    await recorded.everything();
    expect(storage.callsOf('summarize')).toBe(before);
  });

  it('count sagas that were claimed from a process that is gone', async () => {
    const clock = new FakeClock();
    const memory = new InMemorySagaStorage(clock);
    const cut = new FaultyStorage(memory);
    const first = await open({ storage: cut, shutdownTimeoutMs: 0, abortGraceMs: 0 }, clock);
    first.app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const { sagaId } = await first.sagas.start(new OrderContext('book'));
    cut.inject({ outcome: 'not-written' });

    const second = await open({ storage: memory }, clock);
    await clock.advance(60_000);
    expect(await second.sagas.find(sagaId)).toMatchObject({ status: 'completed' });
    expect(await recorded.measure('saga.recoveries')).toEqual([
      { attributes: { 'saga.name': 'order' }, value: 1 },
    ]);
  });

  it('show how many entries the storage writes at once, if it knows', async () => {
    let tell: (entries: number) => void = () => undefined;
    const storage = Object.assign(new InMemorySagaStorage(new SystemClock()), {
      onGroupWritten: (listener: (entries: number) => void) => {
        tell = listener;
        return () => {
          tell = () => undefined;
        };
      },
    });
    await open({ storage });
    tell(3);
    tell(5);
    const [group] = await recorded.measure('saga.append.group.size');
    expect(group?.value).toMatchObject({ count: 2, sum: 8 });
  });

  it('show whether hints of other processes are heard, if the storage knows', async () => {
    const storage = Object.assign(new InMemorySagaStorage(new SystemClock()), { isListening: true });
    await open({ storage });
    expect(await recorded.measure('saga.hints.listening')).toMatchObject([{ value: 1 }]);
    storage.isListening = false;
    expect(await recorded.measure('saga.hints.listening')).toMatchObject([{ value: 0 }]);
  });

  it('never have the id of a saga', async () => {
    const { sagas } = await open();
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    await outcome();
    expect(await recorded.everything()).toContain('saga.started');
    expect(await recorded.everything()).not.toContain(sagaId);
  });
});

function fail(): never {
  throw new Error('out of order');
}

function open(options: SagaModuleOptions = {}, clock?: FakeClock) {
  return openApp(orderProviders, { telemetry: sagaTelemetry(), ...options }, (builder) =>
    clock === undefined ? builder : builder.overrideProvider(SystemClock).useValue(clock),
  );
}
