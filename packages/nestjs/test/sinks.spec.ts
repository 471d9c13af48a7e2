import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock, FakeSink } from '@nest-saga/testing';
import { of } from 'rxjs';
import { clientProxySink, InMemorySagaStorage, SagaEvents, SagaOperator, SystemClock } from '../src/index.js';
import type { MessageSink, SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

class StockReserved {
  constructor(readonly item: string) {}
}

const open = async (options: SagaModuleOptions, clock = new FakeClock()) => {
  const storage = new InMemorySagaStorage(clock);
  const opened = await openApp(orderProviders, { storage, ...options }, (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock),
  );
  opened.app.get(Calls).onRun = (run) => {
    if (run.step === 'reserve' && run.outcome === undefined) run.emit(new StockReserved('book'));
  };
  return { ...opened, clock, operator: opened.app.get(SagaOperator) };
};

describe('the sinks of the module', () => {
  afterEach(closeApps);

  it('get the events of steps, under the names of their classes', async () => {
    const sink = new FakeSink();
    const { sagas, clock } = await open({ events: { sinks: [sink] } });
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    expect(sink.messages).toMatchObject([{ id: `${sagaId}:1:0`, type: 'StockReserved' }]);
    expect(JSON.parse(sink.messages[0]?.body ?? '')).toMatchObject({ data: { item: 'book' } });
  });

  it('cost no further entry, unless a subscriber of this process takes the events too', async () => {
    const { sagas, clock, app } = await open({ events: { sinks: [new FakeSink()] } });
    const first = await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    const entries = await sagas.history(first.sagaId);
    const seen: unknown[] = [];
    app.get(SagaEvents).events$.subscribe(({ event }) => seen.push(event));
    app.get(Calls).onRun = (run) => run.emit('done');
    const second = await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    expect((await sagas.history(second.sagaId)).length).toBeGreaterThan(entries.length);
    expect(seen.length).toBeGreaterThan(1);
  });

  it('whose messages were refused are listed for an operator, who delivers them again or discards them', async () => {
    const sink = new FakeSink();
    sink.refuse = () => new Error('too large');
    const { sagas, clock, operator } = await open({ events: { sinks: [sink] } });
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await clock.advance(3_600_000);
    const { messages } = await operator.listMessages({ parked: 'true' });
    expect(messages).toMatchObject([{ sagaId, seq: 1, sink: 'broker', saga: 'order', attempts: 20 }]);
    sink.refuse = () => undefined;
    await operator.redeliver(sagaId, { seq: 1, sink: 'broker', actor: 'ada', note: 'the limit is higher' });
    await clock.advance(2_000);
    expect(sink.ids).toEqual([`${sagaId}:1:0`]);
    await expect(operator.discard(sagaId, { seq: 1, sink: 'broker' })).rejects.toMatchObject({
      code: 'SAGA_MESSAGE_NOT_FOUND',
    });
  });

  it('are refused at bootstrap if they are not sinks, share a name, or may lose messages', async () => {
    const lossy = clientProxySink({ client: { emit: () => of(undefined) } });
    const sinks = [new FakeSink(), new FakeSink(), lossy, {}, new FakeSink('on:x')];
    await expect(open({ events: { sinks: sinks as unknown as MessageSink[] } })).rejects.toMatchObject({
      problems: [
        { problem: 'events.sinks[2] ("client-proxy") may lose messages, because nothing acknowledges them' },
        { problem: 'events.sinks[3] has no method "check"' },
        { problem: 'events.sinks[3] has no method "publish"' },
        { problem: 'events.sinks[4].name is not a name for a sink' },
        { problem: 'events.sinks has two sinks with the name "broker"' },
      ],
    });
  });

  it('prevent the start if the settings of a broker would lose messages', async () => {
    const sink = new FakeSink();
    sink.check = () => Promise.reject(new Error('the exchange is not durable'));
    await expect(open({ events: { sinks: [sink] } })).rejects.toThrow('the exchange is not durable');
  });

  it('may be a ClientProxy, if the application accepts the loss of messages', async () => {
    const emitted: unknown[] = [];
    const client = {
      emit(pattern: string, data: unknown) {
        emitted.push([pattern, data]);
        return of(undefined);
      },
    };
    const { sagas, clock } = await open({ events: { sinks: [clientProxySink({ client, lossy: true })] } });
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    expect(emitted).toEqual([
      ['StockReserved', expect.objectContaining({ id: `${sagaId}:1:0`, data: { item: 'book' } })],
    ]);
  });
});
